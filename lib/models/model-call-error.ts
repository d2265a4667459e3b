import type { Usage } from "#/lib/contract/run.ts";

export type ModelCallErrorCode =
  | "provider_error"
  | "provider_stream_incomplete"
  | "provider_idle_timeout"
  | "timed_out"
  | "cancelled"
  | "output_invalid";

export type ModelCallFailure = {
  code: ModelCallErrorCode;
  message: string;
  status?: number | null;
  retryable?: boolean;
  retryAfterMs?: number | null;
  partialText?: string;
  usage?: Usage | null;
  providerRequestId?: string | null;
  responseModel?: string | null;
  brokeOff?: boolean;
  cause?: unknown;
};

/**
 * One failed attempt of a model call. `message` may be shown to anyone who may see the run: no key, no credentials.
 * `status` is the HTTP status where the provider refused with one. `partialText` is what had arrived; `usage` what the
 * provider had reported by then (its output count is unknown), so that a failed attempt does not pass for a free one.
 * `responseModel`: the model that had begun to answer, where the provider named it. `brokeOff`: the provider had begun
 * its answer, so the attempt may have cost something even if no usage was reported.
 */
export class ModelCallError extends Error {
  readonly code: ModelCallErrorCode;
  readonly status: number | null;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  readonly partialText: string;
  readonly usage: Usage | null;
  readonly providerRequestId: string | null;
  readonly responseModel: string | null;
  readonly brokeOff: boolean;

  constructor(failure: ModelCallFailure) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.name = "ModelCallError";
    this.code = failure.code;
    this.status = failure.status ?? null;
    this.retryable = failure.retryable ?? false;
    this.retryAfterMs = failure.retryAfterMs ?? null;
    this.partialText = failure.partialText ?? "";
    this.usage = failure.usage ?? null;
    this.providerRequestId = failure.providerRequestId ?? null;
    this.responseModel = failure.responseModel ?? null;
    this.brokeOff = failure.brokeOff ?? false;
  }
}
