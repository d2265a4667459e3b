import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { TriggerRequest } from "#/lib/contract/run.ts";
import type {
  VersionPushed,
  VersionValidated,
  WorkflowCreated,
  WorkflowSummary,
  WorkflowVersionDetail,
  WorkflowVersionSummary,
} from "#/lib/contract/workflow.ts";
import { listCall, type ListOptions } from "./list-call.ts";
import type { PagePromise } from "./page.ts";
import type { RunHandle } from "./run-object.ts";
import type { CallOptions, Content, Transport } from "./transport.ts";
import type { AnyWorkflow, WorkflowType } from "./workflow-type.ts";

/** One run of many: its payload and what may be said about it. */
export type TriggerItem<W extends WorkflowType = AnyWorkflow> = RunOptions & PayloadOf<W>;
export type TriggerOptions = RunOptions & CallOptions;

type RunOptions = Omit<TriggerRequest, "payload" | "delay"> & { delay?: string | Date };
/** A payload may be left out where nothing is known of it, or where the workflow's type lets it be undefined. */
type PayloadOf<W extends WorkflowType> = undefined extends W["payload"]
  ? { payload?: W["payload"] }
  : { payload: W["payload"] };
type TriggerArguments<W extends WorkflowType> = undefined extends W["payload"]
  ? [payload?: W["payload"], options?: TriggerOptions]
  : [payload: W["payload"], options?: TriggerOptions];

/** Starts runs of workflows and keeps their versions. Every method throws RepriseError. */
export class Workflows {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Starts a run; returns once it is stored. The same `idempotencyKey` and payload return the same run. */
  async trigger<W extends WorkflowType = AnyWorkflow>(
    slug: W["slug"],
    ...args: TriggerArguments<W>
  ): Promise<RunHandle<W>> {
    const [payload, options = {}] = args;
    const { signal, timeoutMs, idempotencyKey, ...rest } = options;
    const body = triggerBody({ ...rest, ...(payload === undefined ? {} : { payload: payload as Json }) });
    const sent = { ...{ signal, timeoutMs, idempotencyKey }, body };
    return (await this.#transport.request<RunHandle<W>>("POST", `${pathOf(slug)}/runs`, sent)).data;
  }

  /** Starts up to 500 runs, all or none, and gives their handles in the order of `items`. */
  async batchTrigger<W extends WorkflowType = AnyWorkflow>(
    slug: W["slug"],
    items: TriggerItem<W>[],
    options: CallOptions = {},
  ): Promise<RunHandle<W>[]> {
    const sent = { ...options, body: { items: items.map((item) => triggerBody(item as TriggerItem)) } };
    const path = `${pathOf(slug)}/runs/batch`;
    return (await this.#transport.request<{ runs: RunHandle<W>[] }>("POST", path, sent)).data.runs;
  }

  /** By slug. */
  list(options: ListOptions = {}): PagePromise<WorkflowSummary> {
    return listCall(this.#transport, "/workflows", options);
  }

  async retrieve(slug: string, options: CallOptions = {}): Promise<WorkflowSummary> {
    return (await this.#transport.request<WorkflowSummary>("GET", pathOf(slug), options)).data;
  }

  /** A new workflow with its version 1. */
  async create(
    workflow: { slug: string; name?: string; definition: JsonObject },
    options: CallOptions = {},
  ): Promise<WorkflowCreated> {
    const sent = { ...options, body: workflow };
    return (await this.#transport.request<WorkflowCreated>("POST", "/workflows", sent)).data;
  }

  /**
   * Pushes a version: a definition as an object, or its source as YAML or JSON text. `created` is false when the
   * content is that of a version that exists, which is then the answer. `onLatest`: only while this is the latest version
   * (else `conflict`).
   */
  async push(
    slug: string,
    definition: JsonObject | string,
    { onLatest, ...options }: CallOptions & { onLatest?: number } = {},
  ): Promise<VersionPushed> {
    const sent = { ...options, content: contentOf(definition), query: { onLatest } };
    const answer = await this.#transport.request<Omit<VersionPushed, "created">>(
      "POST",
      `${pathOf(slug)}/versions`,
      sent,
    );
    return { ...answer.data, created: answer.status === 201 };
  }

  /** What pushing a definition would do: all its faults, warnings, what differs from the latest version. Stores nothing. */
  async validate(slug: string, definition: JsonObject | string, options: CallOptions = {}): Promise<VersionValidated> {
    const sent = { ...options, content: contentOf(definition) };
    return (await this.#transport.request<VersionValidated>("POST", `${pathOf(slug)}/versions/validate`, sent)).data;
  }

  /** Newest first. */
  versions(slug: string, options: ListOptions = {}): PagePromise<WorkflowVersionSummary> {
    return listCall(this.#transport, `${pathOf(slug)}/versions`, options);
  }

  async retrieveVersion(
    slug: string,
    version: number | "latest",
    options: CallOptions = {},
  ): Promise<WorkflowVersionDetail> {
    return (await this.#transport.request<WorkflowVersionDetail>("GET", versionPath(slug, version), options)).data;
  }

  async deleteVersion(slug: string, version: number, options: CallOptions = {}): Promise<void> {
    await this.#transport.request("DELETE", versionPath(slug, version), options);
  }

  /** No run of it starts or is replayed until `unpause`. */
  async pause(slug: string, options: { reason: string } & CallOptions): Promise<WorkflowSummary> {
    const { reason, ...call } = options;
    const sent = { ...call, body: { reason } };
    return (await this.#transport.request<WorkflowSummary>("POST", `${pathOf(slug)}/pause`, sent)).data;
  }

  async unpause(slug: string, options: { reason?: string } & CallOptions = {}): Promise<WorkflowSummary> {
    const { reason, ...call } = options;
    const sent = reason === undefined ? call : { ...call, body: { reason } };
    return (await this.#transport.request<WorkflowSummary>("POST", `${pathOf(slug)}/unpause`, sent)).data;
  }
}

function pathOf(slug: string): string {
  return `/workflows/${encodeURIComponent(slug)}`;
}

function triggerBody({ delay, ...rest }: TriggerItem): TriggerRequest {
  return { ...rest, ...(delay === undefined ? {} : { delay: delay instanceof Date ? delay.toISOString() : delay }) };
}

function versionPath(slug: string, version: number | "latest"): string {
  return `${pathOf(slug)}/versions/${version}`;
}

/** JSON text is passed on verbatim, so that nothing in it changes. */
function contentOf(definition: JsonObject | string): Content {
  const text = typeof definition === "string" ? definition : JSON.stringify(definition);
  return isJson(text)
    ? { type: "application/json", text: `{"definition":${text}}` }
    : { type: "application/yaml", text };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
