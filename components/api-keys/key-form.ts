import type { Scope } from "#/lib/contract/access.ts";
import type { ApiKeyView } from "#/lib/contract/administration.ts";

/** What a scope allows (product contract, API conventions). */
export const scopeAbout: Record<Scope, string> = {
  "runs:read": "Read runs, traces, workflows, prompts, models and policies.",
  "runs:write": "Trigger, cancel, pause and resume runs.",
  "replays:write": "Preflight and submit replays; save node mappings.",
  "workflows:write": "Push workflows and prompts; pause for safety.",
  ingest: "Send traces over OTLP.",
  admin: "Administer this workspace: policies, keys, members, variables, audit log.",
  account: "Change the account's policy.",
};

const dayMs = 86_400_000;

export const expiries = {
  "30d": { label: "In 30 days", ms: 30 * dayMs },
  "90d": { label: "In 90 days", ms: 90 * dayMs },
  "365d": { label: "In a year", ms: 365 * dayMs },
  never: { label: "Never", ms: null },
} as const;
export type Expiry = keyof typeof expiries;

/** When a key made now expires, in the form that the request takes; undefined = never. Pure. */
export function expiresAt(expiry: Expiry, nowMs: number): string | undefined {
  const { ms } = expiries[expiry];
  return ms === null ? undefined : new Date(nowMs + ms).toISOString();
}

export type KeyState = "active" | "expired" | "revoked";

/** Whether a key works at that time. Pure. */
export function keyState(key: Pick<ApiKeyView, "expiresAt" | "revokedAt">, at: Date): KeyState {
  if (key.revokedAt !== null) return "revoked";
  return key.expiresAt !== null && Date.parse(key.expiresAt) <= at.getTime() ? "expired" : "active";
}
