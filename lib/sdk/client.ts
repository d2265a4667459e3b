import { Models } from "./models.ts";
import { Policies } from "./policies.ts";
import { Prompts } from "./prompts.ts";
import { Runs } from "./runs.ts";
import { Schedules } from "./schedules.ts";
import { Transport, type Method, type Sent } from "./transport.ts";
import { Workflows } from "./workflows.ts";

export { RepriseError, type RepriseErrorCode } from "./error.ts";
export type { ReplayHandle, RunFlags, RunHandle, RunObject, RunSummaryObject } from "./run-object.ts";
export type { AnyWorkflow, WorkflowType } from "./workflow-type.ts";
export type { Page, PagePromise } from "./page.ts";
export type { EventList, FollowOptions } from "./follow-events.ts";
export type { LogOptions, ReplayOptions, RunListOptions } from "./runs.ts";
export type { BulkReplayRequest } from "./bulk-replays.ts";
export type { PollOptions } from "./poll.ts";
export type { RunRef } from "./run-ref.ts";
export type { RunChoice, RunSelectionOptions } from "./run-choice.ts";
export type {
  Batch,
  BatchAccepted,
  BatchItem,
  BatchPreflight,
  BatchSummary,
  CancelledRuns,
} from "#/lib/contract/batch.ts";
export type { NewSchedule } from "./schedules.ts";
export type { Schedule } from "#/lib/contract/schedule.ts";
export type { ListOptions } from "./list-call.ts";
export type { TriggerItem, TriggerOptions } from "./workflows.ts";
export type { PromptCreated } from "./prompts.ts";
export type { CallOptions } from "./transport.ts";
export type { RunComparison } from "#/lib/contract/compare.ts";
export type { RunEvent } from "#/lib/contract/event.ts";
export type { LogLine } from "#/lib/contract/log.ts";
export type { ModelView } from "#/lib/contract/model.ts";
export type { MutationGrantInput, MutationGrantView } from "#/lib/contract/mutation-grant.ts";
export type { PolicyView, PutPolicyRequest } from "#/lib/contract/policy.ts";
export type { ErrorCode, FieldError } from "#/lib/contract/problem.ts";
export type { PromptRevisionView, PromptSummary } from "#/lib/contract/prompt.ts";
export type { GuardVerdict, Preflight, ReplayAccepted, ReplayRequest } from "#/lib/contract/replay.ts";
export type { Run, RunAccepted, RunSummary, SpanDetail, Step, TriggerRequest, Usage } from "#/lib/contract/run.ts";
export type { ReplayMode, RunStatus, StatusReason } from "#/lib/contract/status.ts";
export type { Trace, TraceSegment, TraceSkeleton } from "#/lib/contract/trace.ts";
export type {
  VersionPushed,
  WorkflowCreated,
  WorkflowSummary,
  WorkflowVersionDetail,
} from "#/lib/contract/workflow.ts";

export type RepriseOptions = {
  /** `rp_live_…`; in Node the environment variable REPRISE_API_KEY when left out. */
  apiKey?: string;
  /** The service's address, such as `http://localhost:3000`; in Node REPRISE_URL when left out. */
  baseUrl?: string;
  /** For one attempt of a call, in milliseconds (60,000). */
  timeoutMs?: number;
  /** Further attempts of a call that may be repeated (2). */
  maxRetries?: number;
  /** The longest `Retry-After` that is waited for, in milliseconds (10,000); beyond it the error is thrown. */
  maxRetryAfterMs?: number;
  /** Sent with every request. */
  headers?: Record<string, string>;
  /** Instead of the global `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
};

/** The client: one workspace (the key's), all of REST. Needs nothing but `fetch`: Node 20, browsers, workers. */
export class Reprise {
  readonly runs: Runs;
  readonly workflows: Workflows;
  readonly prompts: Prompts;
  readonly models: Models;
  readonly policies: Policies;
  readonly schedules: Schedules;
  readonly #transport: Transport;

  /** @throws {TypeError} when key or address are missing or cannot be sent */
  constructor(options: RepriseOptions = {}) {
    this.#transport = new Transport({
      apiKey: checkedKey(options.apiKey ?? environment("REPRISE_API_KEY")),
      baseUrl: checkedUrl(options.baseUrl ?? environment("REPRISE_URL")),
      timeoutMs: options.timeoutMs ?? 60_000,
      maxRetries: options.maxRetries ?? 2,
      maxRetryAfterMs: options.maxRetryAfterMs ?? 10_000,
      headers: options.headers ?? {},
      fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    });
    this.runs = new Runs(this.#transport);
    this.workflows = new Workflows(this.#transport);
    this.prompts = new Prompts(this.#transport);
    this.models = new Models(this.#transport);
    this.policies = new Policies(this.#transport);
    this.schedules = new Schedules(this.#transport);
  }

  /** Any route below /api/v1 that has no method here: `request("GET", "/node-mappings", { query: {…} })`. */
  async request<T>(method: Method, path: `/${string}`, sent: Omit<Sent, "content"> = {}): Promise<T> {
    return (await this.#transport.request<T>(method, path, sent)).data;
  }
}

function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name];
}

function checkedKey(apiKey: string | undefined): string {
  if (!apiKey) throw new TypeError("apiKey is missing: pass it, or set REPRISE_API_KEY");
  if (!/^[\x21-\x7e]+$/.test(apiKey)) throw new TypeError("apiKey contains characters that no key has, such as spaces");
  return apiKey;
}

function checkedUrl(baseUrl: string | undefined): string {
  if (!baseUrl) throw new TypeError("baseUrl is missing: pass it, or set REPRISE_URL");
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.search !== "" || url.hash !== "")
    throw new TypeError("baseUrl must be an http or https address without login, query and fragment");
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}
