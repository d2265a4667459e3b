import OpenAI from "openai";
import { longestTimerMs } from "#/lib/core/timer.ts";
import type { Attempt } from "./attempt.ts";

/** A client that uses the given access only: no organisation, project, admin key or log level of the process. */
export function openAiClient(attempt: Attempt): OpenAI {
  return new OpenAI({
    // The SDK refuses to work without a key. We set the header ourselves (provider-headers.ts), or leave it out.
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
