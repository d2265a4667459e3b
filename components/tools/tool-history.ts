import type { AuditEventView } from "#/lib/contract/administration.ts";

/** One change of an admin's mark on a tool. */
export type MarkChange = { at: string; by: string | null; before: boolean | null; after: boolean | null };

/** The changes of marks in the audit log by tool, in the log's order. Pure. */
export function historyByTool(
  events: readonly Pick<AuditEventView, "target" | "details" | "createdAt" | "actor">[],
): Record<string, MarkChange[]> {
  const found: Record<string, MarkChange[]> = {};
  for (const { target, details, createdAt, actor } of events) {
    if (target === null) continue;
    const change = { at: createdAt, by: actor.id, before: markIn(details["before"]), after: markIn(details["after"]) };
    (found[target] ??= []).push(change);
  }
  return found;
}

function markIn(value: unknown): boolean | null {
  return typeof value === "boolean" ? value : null;
}

/** A mark in words. Pure. */
export function markWords(readOnly: boolean | null): string {
  if (readOnly === null) return "no mark";
  return readOnly ? "read-only" : "mutating";
}
