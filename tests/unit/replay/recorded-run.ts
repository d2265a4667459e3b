import type { SpanRow } from "#/lib/runs/span-store.ts";
import { span } from "./replay-facts.ts";

const letters: Record<string, SpanRow["status"]> = {
  f: "failed",
  s: "skipped",
  c: "cancelled",
  r: "running",
};

/**
 * The spans of a run as paths, in the order in which they began: `each[2].score:f` failed, `…:s` was skipped, `…:c` was
 * cancelled; one without a letter completed. What a path is inside of must stand before it.
 */
export function recordedRun(...paths: string[]): SpanRow[] {
  const rows: SpanRow[] = [];
  const all = paths.map((path) => path.split(":") as [key: string, letter?: string]);
  for (const [key, letter = ""] of all) {
    const around = /^(.*)(?:\[\d+\]|(?<=\])\.[^.[\]]+|\/[^/]+|#\d+)$/.exec(key)?.[1];
    const parent = rows.find((row) => row.key === around);
    if (around !== undefined && !parent) throw new Error(`${key} stands before ${around}`);
    const isItem = key.endsWith("]");
    const isMap = all.some(([other]) => other.startsWith(`${key}[`) && other.endsWith("]"));
    const nodeId = /([A-Za-z_][\w-]*)(?:\[\d+\])?$/.exec(key.split(/[/#]/)[0] ?? "")?.[1] ?? "";
    rows.push(
      span(nodeId, {
        id: `span ${key}`,
        key,
        parentId: parent?.id ?? null,
        kind: isItem
          ? "item"
          : isMap
            ? "map"
            : key.includes("/")
              ? "tool_call"
              : key.includes("#")
                ? "attempt"
                : "tool",
        status: letters[letter] ?? "completed",
      }),
    );
  }
  return rows;
}
