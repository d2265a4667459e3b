import { describe, expect, test } from "vitest";
import { layoutGraph, moveInGraph, type GraphBox, type GraphNode } from "#/components/trace/graph-layout.ts";
import { nodeOf, nodeStates } from "#/components/trace/graph-states.ts";
import { noteOf } from "#/components/trace/event-log.tsx";
import { readViewerState, writeViewerState } from "#/components/trace/url-state.ts";
import { toTraceColumns } from "#/components/trace/trace-columns.ts";
import { nodeTypes } from "#/lib/contract/status.ts";
import { sampleSkeleton, type SampleSpan } from "./sample-trace.ts";

const node = (id: string, needs: string[] = [], inside: string | null = null, type = "tool"): GraphNode => ({
  id,
  type,
  title: null,
  needs,
  inside,
});

function overlap(a: GraphBox, b: GraphBox): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** A graph of some width and depth from a number: no chance, so that a failure comes back. */
function generated(seed: number): GraphNode[] {
  let state = seed;
  const next = (below: number) => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
  return Array.from({ length: 3 + next(40) }, (_, at) =>
    node(
      `n${at}`,
      Array.from({ length: at === 0 ? 0 : next(4) }, () => `n${next(at)}`),
      null,
      nodeTypes[next(nodeTypes.length)],
    ),
  );
}

describe("layout", () => {
  test.each(Array.from({ length: 30 }, (_, at) => at + 1))(
    "graph %i: below what it needs, over nothing else, inside the frame",
    (seed) => {
      const nodes = generated(seed);
      const { boxes, edges, width, height } = layoutGraph(nodes);
      const at = new Map(boxes.map((box) => [box.node.id, box]));
      expect(boxes).toHaveLength(nodes.length);
      for (const { id, needs } of nodes)
        for (const need of needs) {
          const [lower, upper] = [at.get(id), at.get(need)];
          expect(lower && upper && lower.y >= upper.y + upper.height).toBe(true);
        }
      boxes.forEach((box, index) => boxes.slice(index + 1).forEach((other) => expect(overlap(box, other)).toBe(false)));
      for (const box of boxes)
        expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height).toBe(true);
      expect(edges).toHaveLength(nodes.reduce((count, each) => count + new Set(each.needs).size, 0));
    },
  );

  test("a map is as large as what it holds, and holds it", () => {
    const { boxes } = layoutGraph([
      node("a"),
      node("each", ["a"], null, "map"),
      node("in_1", [], "each"),
      node("in_2", ["in_1"], "each"),
      node("in_3", ["in_1"], "each"),
      node("b", ["each"]),
    ]);
    const at = (id: string) => boxes.find((box) => box.node.id === id) as GraphBox;
    const frame = at("each");
    for (const id of ["in_1", "in_2", "in_3"]) {
      const box = at(id);
      expect(box.x > frame.x && box.x + box.width < frame.x + frame.width).toBe(true);
      expect(box.y > frame.y && box.y + box.height < frame.y + frame.height).toBe(true);
    }
    expect(overlap(at("in_2"), at("in_3"))).toBe(false);
    expect(at("b").y).toBeGreaterThan(frame.y + frame.height);
  });

  test("500 nodes in one chain do not take long, and nothing of nothing is nothing", () => {
    layoutGraph(Array.from({ length: 500 }, (_, at) => node(`n${at}`, at === 0 ? [] : [`n${at - 1}`])).toReversed());
    expect(layoutGraph([])).toEqual({ boxes: [], edges: [], width: 0, height: 0 });
  });

  test("a cycle, which no stored version has, still ends", () => {
    expect(layoutGraph([node("a", ["b"]), node("b", ["a"])]).boxes).toHaveLength(2);
  });

  test("arrows lead to the nearest box in their direction, and from anywhere into the graph", () => {
    const { boxes } = layoutGraph([
      node("top"),
      node("left", ["top"]),
      node("right", ["top"]),
      node("end", ["left", "right"]),
    ]);
    expect(moveInGraph(boxes, "left", "right")).toBe("right");
    expect(moveInGraph(boxes, "right", "left")).toBe("left");
    expect(moveInGraph(boxes, "end", "up")).toMatch(/left|right/);
    expect(moveInGraph(boxes, "left", "up")).toBe("top");
    expect(moveInGraph(boxes, "end", "down")).toBeNull();
    expect(moveInGraph(boxes, "unknown", "down")).toBe("top");
  });
});

describe("states", () => {
  const spans: (SampleSpan & { node: string })[] = [
    { name: "a", depth: 0, kind: "model", node: "a", durationMs: 5 },
    { name: "a1", depth: 1, kind: "attempt", status: "failed", node: "a" },
    { name: "each", depth: 0, kind: "map", status: "failed", node: "each" },
    { name: "item 0", depth: 1, kind: "item", node: "each" },
    { name: "x", depth: 2, kind: "tool", node: "x", durationMs: 10 },
    { name: "item 1", depth: 1, kind: "item", status: "failed", node: "each" },
    { name: "x", depth: 2, kind: "tool", status: "failed", node: "x", durationMs: 20, id: "second" },
    { name: "r", depth: 0, kind: "tool", node: "r", reused: true },
    { name: "s", depth: 0, kind: "wait", status: "skipped", node: "s" },
  ];
  const skeleton = sampleSkeleton(spans);
  skeleton.nodeIds = [...new Set(spans.map((span) => span.node))];
  skeleton.columns.node = spans.map((span) => skeleton.nodeIds.indexOf(span.node));
  const trace = toTraceColumns(skeleton);

  test("the steps of a node are one; the one that failed is what it shows, attempts are none", () => {
    const states = nodeStates(trace);
    expect(states.get("a")).toMatchObject({ status: "completed", count: 1, row: 0 });
    expect(states.get("x")).toMatchObject({ status: "failed", count: 2, row: 6, durationMs: 30 });
    expect(states.get("r")).toMatchObject({ effect: "reused" });
    expect(states.get("s")).toMatchObject({ status: "skipped" });
    expect(states.has("never")).toBe(false);
  });

  test("a row belongs to its step", () => {
    expect([nodeOf(trace, 1), nodeOf(trace, 4), nodeOf(trace, 3)]).toEqual(["a", "x", "each"]);
  });
});

test("the face and the new tabs are kept by the address", () => {
  const state = readViewerState(new URLSearchParams("view=graph&tab=events&span=s"));
  expect(state).toMatchObject({ view: "graph", tab: "events", span: "s" });
  expect(writeViewerState("", state)).toBe("?span=s&tab=events&view=graph");
  expect(readViewerState(new URLSearchParams("view=nonsense&tab=prompt"))).toMatchObject({
    view: "tree",
    tab: "prompt",
  });
});

test("an event says its error, its reason and its effect", () => {
  expect(noteOf({ data: { error: { message: "boom" }, effect: "blocked" } })).toBe("boom · blocked");
  expect(noteOf({ data: { reason: "queued", attempt: 1 } })).toBe("queued");
  expect(noteOf({ data: { error: null } })).toBeNull();
});
