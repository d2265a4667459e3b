import OpenAI from "openai";
import { longestTimerMs } from "#/lib/core/timer.ts";
import type { Attempt } from "./attempt.ts";

/** A client that knows nothing but the access: no organisation, project, admin key or log level of the process. */
export function openAiClient(attempt: Attempt): OpenAI {
  return new OpenAI({
    // The SDK refuses to work without a key; the header is ours (provider-headers.ts), and left out when there is none.
    apiKey: attempt.access.apiKey || "none",
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: attempt.access.baseUrl,
    fetch: attempt.fetch,
    maxRetries: 0,
    timeout: longestTimerMs,
    logLevel: "off",
  });
}
