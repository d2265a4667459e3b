import { Attempt } from "./attempt.ts";
import { toModelCallError } from "./call-failure.ts";
import type { AdapterAnswer, CallOptions, ModelRequest, ModelResponse, ProviderAccess } from "./chat.ts";
import { parseStructured } from "./structured-output.ts";
import { withDistinctCallIds } from "./tool-arguments.ts";

type Adapter = (request: ModelRequest, attempt: Attempt) => Promise<AdapterAnswer>;

/** Loaded at first use: importing a provider's SDK takes 140 ms, and most processes never call one. */
const adapters: Record<ProviderAccess["kind"], () => Promise<Adapter>> = {
  anthropic: async () => (await import("./anthropic.ts")).callAnthropic,
  openai: async () => (await import("./openai-responses.ts")).callOpenAiResponses,
  "openai-compatible": async () => (await import("./openai-chat.ts")).callOpenAiChat,
};

/**
 * Makes ONE attempt of a model call, streaming; the caller retries, so that each attempt is seen. It succeeds only
 * after the provider's terminal event. Throws ModelCallError and nothing else: provider_error (refusals and
 * connection), provider_stream_incomplete, provider_idle_timeout, timed_out, cancelled, output_invalid (an answer that
 * should be JSON is not). Whether the model may be called at all is decided just before, in allowlist.ts.
 */
export async function callModel(
  access: ProviderAccess,
  request: ModelRequest,
  options: CallOptions,
): Promise<ModelResponse> {
  const attempt = new Attempt(access, options);
  try {
    const adapter = adapters[access.kind]();
    const answer = await Promise.race([adapter.then((call) => call(request, attempt)), attempt.stopped]);
    return complete(answer, request, attempt);
  } catch (error) {
    throw toModelCallError(error, attempt);
  } finally {
    attempt.close();
  }
}

function complete(answer: AdapterAnswer, request: ModelRequest, attempt: Attempt): ModelResponse {
  const text = answer.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  const wantsJson = request.outputSchema !== null && answer.stopReason === "end";
  const structured = wantsJson ? parseStructured(text) : null;
  if (structured !== null && "fault" in structured)
    throw attempt.error({
      code: "output_invalid",
      message: `The model's answer is not the requested JSON: ${structured.fault}.`,
      partialText: text,
      usage: answer.usage,
    });
  if (answer.stopReason === "tool_calls" && !answer.parts.some((part) => part.type === "tool_call"))
    throw attempt.error({
      code: "output_invalid",
      message: "The model announced a tool call but made none.",
      retryable: true,
      usage: answer.usage,
    });
  return {
    ...answer,
    parts: withDistinctCallIds(answer.parts),
    cutToolCall: attempt.cutToolCall,
    responseModel: attempt.responseModel,
    text: structured?.text ?? text,
    structured: structured?.value ?? null,
    providerRequestId: attempt.providerRequestId,
    timeToFirstTokenMs: attempt.timeToFirstTokenMs,
  };
}
