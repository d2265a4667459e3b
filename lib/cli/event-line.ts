import type { RunEvent } from "#/lib/contract/event.ts";

/** An event as one line: when, what, which step, and why it failed or what its call did. */
export function eventLine({ at, type, key, nodeId, data }: RunEvent): string {
  const error = data.error as { code?: string; message?: string } | null | undefined;
  const notes = [
    key ?? nodeId,
    typeof data.attempt === "number" && data.attempt > 1 ? `attempt ${data.attempt}` : null,
    typeof data.effect === "string" ? data.effect : null,
    typeof data.reason === "string" ? data.reason : null,
    error ? `${error.code ?? "error"}: ${error.message ?? ""}` : null,
  ];
  const shown = notes.filter((note) => note !== null);
  return `${at.slice(11, 23)}  ${type.padEnd(18)}${shown.length > 0 ? `  ${shown.join("  ")}` : ""}`.trimEnd();
}
