import type { ProviderAccess } from "./chat.ts";

/** The API version that @anthropic-ai/sdk 1.11 is written for; a test compares the two. */
export const anthropicVersion = "2026-10-21";

/**
 * The headers of a provider request, made here from scratch: both SDKs mix in whatever `*_CUSTOM_HEADERS`, organisation
 * and project variables the process happens to have, and one of those may replace the tenant's key.
 */
export function providerHeaders(access: ProviderAccess, fromSdk: Headers): Headers {
  const headers = new Headers({ "content-type": "application/json", "user-agent": "reprise/0.1.0" });
  headers.set("accept", fromSdk.get("accept") ?? "application/json");
  if (access.apiKey !== "") headers.set("authorization", `Bearer ${access.apiKey}`);
  if (access.kind === "anthropic") headers.set("anthropic-version", anthropicVersion);
  return headers;
}
