import type { PolicyView } from "#/lib/contract/policy.ts";

export type Origin = PolicyView["effective"]["allowedModels"]["origin"];

/** Where an effective value comes from, for people. */
export const originLabel: Record<Origin, string> = {
  default: "default",
  workspace: "from the workspace",
  account: "from the account",
  both: "from workspace and account",
};

/** What one level says about a list: nothing, nobody, or these. Pure. */
export function listWords(list: readonly string[] | null, noun: string): string {
  if (list === null) return "not set";
  if (list.length === 0) return `no ${noun}`;
  return `${list.length} ${noun}${list.length === 1 ? "" : "s"}`;
}

/** What one level says about mutations. Pure. */
export function mutationWords(value: boolean | null): string {
  if (value === null) return "not set";
  return value ? "true" : "false";
}

/** How long ended runs are kept; null = indefinitely. Pure. */
export function daysWords(days: number | null): string {
  if (days === null) return "kept indefinitely";
  return `deleted ${days} day${days === 1 ? "" : "s"} after they end`;
}

/** How many replays of batches start. */
export function paceWords(pace: number): string {
  return pace === 1 ? "1 replay a minute" : `${pace} replays a minute`;
}
