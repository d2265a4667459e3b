import { isNode, LineCounter, parseDocument } from "yaml";
import type { FieldError } from "#/lib/contract/problem.ts";

/** The same faults, with the line of the file where each can be found: `orders.yaml:12: nodes[1].needs`. Pure. */
export function withLines(faults: FieldError[], source: string, file: string): FieldError[] {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  return faults.map(({ path, message }) => {
    const keys = keysOf(path);
    // What is missing has no place: what it is missing from has one.
    for (let length = keys.length; length > 0; length--) {
      const node = document.getIn(keys.slice(0, length), true);
      if (isNode(node) && node.range) return { path: `${file}:${lines.linePos(node.range[0]).line}: ${path}`, message };
    }
    return { path: `${file}: ${path}`, message };
  });
}

/** `definition.nodes[1].needs` → `["nodes", 1, "needs"]`. */
function keysOf(path: string): (string | number)[] {
  const parts = path.replace(/^definition(?=[.[]|$)\.?/, "").matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g);
  return [...parts].map(([, index, quoted, plain]) => (index === undefined ? (quoted ?? plain ?? "") : Number(index)));
}
