/** What a key does while the list of spans has the focus (ARIA tree grid); null = not ours. */
export type ListMove =
  | { kind: "move"; by: number }
  | { kind: "to"; place: "first" | "last" }
  | { kind: "sideways"; direction: "left" | "right" };

export function listMove(key: string, pageRows: number): ListMove | null {
  switch (key) {
    case "ArrowDown":
      return { kind: "move", by: 1 };
    case "ArrowUp":
      return { kind: "move", by: -1 };
    case "PageDown":
      return { kind: "move", by: pageRows };
    case "PageUp":
      return { kind: "move", by: -pageRows };
    case "Home":
      return { kind: "to", place: "first" };
    case "End":
      return { kind: "to", place: "last" };
    case "ArrowLeft":
      return { kind: "sideways", direction: "left" };
    case "ArrowRight":
      return { kind: "sideways", direction: "right" };
    default:
      return null;
  }
}
