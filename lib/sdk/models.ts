import type { ModelView } from "#/lib/contract/model.ts";
import { listCall, type ListOptions } from "./list-call.ts";
import type { PagePromise } from "./page.ts";
import type { CallOptions, Transport } from "./transport.ts";

/** The catalogue of models. Every method throws RepriseError. */
export class Models {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Each says whether the workspace may call it, and why not. */
  list(options: ListOptions = {}): PagePromise<ModelView> {
    return listCall(this.#transport, "/models", options);
  }

  /** Retires a model (`anthropic:claude-haiku-4-5`), or brings it back. */
  async update(ref: string, change: { retired: boolean }, options: CallOptions = {}): Promise<ModelView> {
    const path = `/models/${encodeURIComponent(ref)}`;
    return (await this.#transport.request<ModelView>("PATCH", path, { ...options, body: change })).data;
  }
}
