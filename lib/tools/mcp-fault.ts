import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from "@modelcontextprotocol/client";
import { DomainError } from "#/lib/core/errors.ts";
import { GuardedFetchError } from "./fetch-error.ts";
import { faultText } from "./http-answer.ts";
import { ToolCallError, type ToolCallFault } from "./tool-call-error.ts";

/** What is known about a conversation with a server when it fails. */
export type McpProgress = {
  /** The request that may change something was handed to the transport. */
  callSent: boolean;
  /** What the guarded fetch said, which the SDK may have wrapped or dropped. */
  fetchFault: unknown;
  /** Why the call's answer cannot be accepted, although it came. */
  refusal: DomainError | null;
};

type Ends = { cancelled: boolean; timedOut: boolean; timeoutMs: number };
const blank = { status: null, retryable: false, retryAfterMs: null, body: null, outcomeUnknown: false };

/**
 * Turns whatever the SDK threw into a ToolCallError. An answer from the server (a status, a protocol error) tells how
 * the call ended; without one, a call that may have been sent has an unknown outcome.
 */
export function mcpFault(
  label: string,
  error: unknown,
  progress: McpProgress,
  ends: Ends,
  redact: (text: string) => string,
): ToolCallError {
  const make = (says: string, fault: Partial<ToolCallFault> & Pick<ToolCallFault, "code">) =>
    // The SDK's own errors quote the server, which may quote its headers, so they are not kept as a cause for logs.
    new ToolCallError(
      redact(`${label} ${says}`),
      { ...blank, ...fault },
      error instanceof DomainError ? error : undefined,
    );
  if (error instanceof ToolCallError) return error;
  const lost = { code: "tool_failed", answered: progress.callSent } as const;
  if (progress.refusal) return make(`gave an answer that cannot be stored: ${progress.refusal.message}`, lost);
  const outcomeUnknown = progress.callSent;
  if (ends.cancelled) return make("was cancelled", { code: "cancelled", outcomeUnknown });
  if (ends.timedOut || isTimeout(error))
    return make(`did not finish within ${ends.timeoutMs} ms`, { code: "timed_out", retryable: true, outcomeUnknown });
  if (error instanceof SdkHttpError) return make(...statusFault(error, redact));
  const fetchFault = progress.fetchFault;
  if (fetchFault instanceof GuardedFetchError) {
    const { fault, message, retryable, code } = fetchFault;
    const answered = outcomeUnknown && fault === "too_large";
    const sent = outcomeUnknown && fault !== "refused" && !answered;
    return make(`failed: ${message}`, {
      code: code as ToolCallFault["code"],
      retryable,
      outcomeUnknown: sent,
      answered,
    });
  }
  if (error instanceof ProtocolError)
    return make(`was refused: ${faultText(error.message, redact) ?? "no reason given"}`, { code: "tool_failed" });
  if (error instanceof SdkError && error.code === SdkErrorCode.UnsupportedResultType)
    return make("asks for something that only a person could answer", { code: "tool_failed" });
  if (error instanceof SdkError && error.code === SdkErrorCode.InvalidResult)
    return make("gave an answer that is not valid MCP", lost);
  if (error instanceof DomainError) return make(`gave an answer that cannot be stored: ${error.message}`, lost);
  return make("failed: the connection broke or the server does not speak MCP", {
    code: "tool_http_error",
    retryable: true,
    outcomeUnknown,
  });
}

function isTimeout(error: unknown): boolean {
  return error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout;
}

function statusFault(
  error: SdkHttpError,
  redact: (text: string) => string,
): [string, Partial<ToolCallFault> & Pick<ToolCallFault, "code">] {
  const { status } = error;
  const body = typeof error.data.text === "string" ? faultText(error.data.text, redact) : null;
  const retryable = status === 408 || status === 429 || status >= 500;
  return [`answered ${status}${body ? `: ${body}` : ""}`, { code: "tool_http_error", status, retryable }];
}
