import type { PromptRevisionView, PromptSummary } from "#/lib/contract/prompt.ts";
import { listCall, type ListOptions } from "./list-call.ts";
import type { PagePromise } from "./page.ts";
import type { CallOptions, Transport } from "./transport.ts";

export type PromptCreated = { id: string; name: string; contentHash: string };

/** Prompt artifacts and their immutable revisions. Every method throws RepriseError. */
export class Prompts {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Newest first. */
  list(options: ListOptions = {}): PagePromise<PromptSummary> {
    return listCall(this.#transport, "/prompts", options);
  }

  async retrieve(id: string, options: CallOptions = {}): Promise<PromptSummary> {
    return (await this.#transport.request<PromptSummary>("GET", pathOf(id), options)).data;
  }

  /** A new artifact with its first revision; the text is kept byte for byte. */
  async create(prompt: { name: string; text: string }, options: CallOptions = {}): Promise<PromptCreated> {
    return (await this.#transport.request<PromptCreated>("POST", "/prompts", { ...options, body: prompt })).data;
  }

  /** Fails with `in_use` while a workflow version pins a revision of it. */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.request("DELETE", pathOf(id), options);
  }

  /** Newest first. */
  revisions(id: string, options: ListOptions = {}): PagePromise<PromptRevisionView> {
    return listCall(this.#transport, `${pathOf(id)}/revisions`, options);
  }

  /** `created` is false when a revision with this text exists, which is then the answer. */
  async createRevision(
    id: string,
    revision: { text: string },
    options: CallOptions = {},
  ): Promise<{ contentHash: string; created: boolean }> {
    const sent = { ...options, body: revision };
    const answer = await this.#transport.request<{ contentHash: string }>("POST", `${pathOf(id)}/revisions`, sent);
    return { ...answer.data, created: answer.status === 201 };
  }

  async retrieveRevision(id: string, contentHash: string, options: CallOptions = {}): Promise<PromptRevisionView> {
    const path = `${pathOf(id)}/revisions/${encodeURIComponent(contentHash)}`;
    return (await this.#transport.request<PromptRevisionView>("GET", path, options)).data;
  }
}

function pathOf(id: string): string {
  return `/prompts/${encodeURIComponent(id)}`;
}
