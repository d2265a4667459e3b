import { describe, expect, test } from "vitest";
import type { NodeDefinition } from "#/lib/workflows/definition.ts";
import { reachability } from "#/lib/workflows/reachability.ts";
import { buildGraph, type NodeState, readyNodes } from "#/lib/workflows/graph.ts";

const node = (id: string, needs: string[] = []): NodeDefinition => ({ id, type: "transform", value: 1, needs });
const level = (needs: Record<string, string[]>) => ({
  nodes: Object.entries(needs).map(([id, list]) => node(id, list)),
});

/** A small deterministic generator, so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}

/** A random acyclic graph whose nodes are written in a random order. */
function randomLevel(seed: number, size: number) {
  const next = random(seed);
  const nodes = Array.from({ length: size }, (_, index) =>
    node(
      `n${index}`,
      Array.from({ length: index }, (__, need) => `n${need}`).filter(() => next() < 0.15),
    ),
  );
  return {
    nodes: nodes
      .map((item) => ({ item, key: next() }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ item }) => item),
  };
}

const seeds = Array.from({ length: 40 }, (_, index) => index + 1);

describe("order", () => {
  test.each(seeds)("every node stands behind all that it needs (graph %i)", (seed) => {
    const { nodes } = randomLevel(seed, 30);
    const { order } = buildGraph({ nodes });
    expect(order.toSorted()).toEqual(nodes.map(({ id }) => id).toSorted());
    const position = new Map(order.map((id, index) => [id, index]));
    for (const { id, needs } of nodes)
      for (const need of needs ?? []) expect(position.get(need)).toBeLessThan(position.get(id) ?? -1);
  });
  test("ties keep the author's order, also behind a shared need", () => {
    expect(buildGraph(level({ c: [], a: ["z"], b: [], z: [] })).order).toEqual(["c", "b", "z", "a"]);
  });
  test("1000 nodes in a chain, and 1000 that need all before them", () => {
    const chain = Array.from({ length: 1000 }, (_, index) => node(`n${index}`, index ? [`n${index - 1}`] : []));
    expect(buildGraph({ nodes: chain.toReversed() }).order).toEqual(chain.map(({ id }) => id));
    const full = chain.map(({ id }, index) =>
      node(
        id,
        chain.slice(0, index).map((other) => other.id),
      ),
    );
    expect(buildGraph({ nodes: full }).upstreamOf("n999")).toHaveLength(999);
  });
  test("a cycle and an unknown need are refused", () => {
    expect(() => buildGraph(level({ a: ["b"], b: ["a"], c: [] }))).toThrow("cycle");
    expect(() => buildGraph(level({ a: ["a"] }))).toThrow("cycle");
    expect(() => buildGraph(level({ a: ["x"] }))).toThrow("x");
  });
});

describe("upstream and downstream", () => {
  const graph = buildGraph(level({ a: [], b: ["a"], c: ["a"], d: ["b", "c", "b"], e: [] }));
  test("hold all nodes on the way, in topological order", () => {
    expect(graph.upstreamOf("d")).toEqual(["a", "b", "c"]);
    expect(graph.downstreamOf("a")).toEqual(["b", "c", "d"]);
    expect(graph.upstreamOf("e")).toEqual([]);
    expect(graph.needs("d")).toEqual(["b", "c"]);
    expect(graph.node("d").id).toBe("d");
    expect(() => graph.upstreamOf("x")).toThrow("x");
  });
  test.each(seeds)("are each other's mirror (graph %i)", (seed) => {
    const made = buildGraph(randomLevel(seed, 20));
    for (const id of made.order)
      for (const other of made.upstreamOf(id)) expect(made.downstreamOf(other)).toContain(id);
  });
});

describe("readyNodes", () => {
  const graph = buildGraph(level({ a: [], b: ["a"], c: ["a"], d: ["b", "c"], e: ["b"] }));
  const states = (given: Record<string, NodeState>) => new Map(Object.entries(given));
  test.each<[string, Record<string, NodeState>, string[], string[]]>([
    ["a node without needs runs at once", {}, ["a"], []],
    ["nothing while a need runs", { a: "running" }, [], []],
    ["nothing while a need waits", { a: "waiting" }, [], []],
    ["all whose needs completed", { a: "completed" }, ["b", "c"], []],
    ["a node with one completed need of two runs", { a: "completed", b: "skipped", c: "completed" }, ["d"], ["e"]],
    ["a node is skipped when all its needs were", { a: "completed", b: "skipped", c: "skipped" }, [], ["d", "e"]],
    ["a skipped root skips what depends on it alone", { a: "skipped" }, [], ["b", "c"]],
    ["a failed need holds its dependents back", { a: "completed", b: "failed", c: "completed" }, [], []],
    ["a cancelled need too", { a: "cancelled" }, [], []],
    ["nothing is begun twice", { a: "completed", b: "completed", c: "running", e: "completed" }, [], []],
    ["an end", { a: "completed", b: "completed", c: "completed", d: "completed", e: "completed" }, [], []],
  ])("%s", (_, given, run, skip) => expect(readyNodes(graph, states(given))).toEqual({ run, skip }));

  test.each(seeds)("a run that skips at random ends every node once, in order (graph %i)", (seed) => {
    const made = buildGraph(randomLevel(seed, 25));
    const next = random(seed + 1000);
    const ended = new Map<string, NodeState>();
    for (
      let ready = readyNodes(made, ended);
      ready.run.length + ready.skip.length > 0;
      ready = readyNodes(made, ended)
    ) {
      for (const id of ready.skip) {
        expect(made.needs(id).every((need) => ended.get(need) === "skipped")).toBe(true);
        ended.set(id, "skipped");
      }
      for (const id of ready.run) ended.set(id, next() < 0.4 ? "skipped" : "completed");
    }
    expect(ended.size).toBe(25);
  });
});

test("who leads to whom: over any number of steps, to itself only on a cycle, also for ids without edges of their own", () => {
  const chain = Array.from({ length: 70 }, (_, n): [string, string[]] => [`n${n}`, [`n${n + 1}`]]);
  const leads = reachability(new Map([...chain, ["a", ["b"]], ["b", ["a", "gone"]], ["alone", []]]));
  const all = [...chain.map(([id]) => id), "n70", "a", "b", "gone", "alone", "unknown"];
  const from = (id: string) => all.filter((other) => leads(id, other));
  expect(from("n0")).toEqual(all.slice(1, 71));
  expect(from("n69")).toEqual(["n70"]);
  expect(from("a")).toEqual(["a", "b", "gone"]);
  for (const id of ["n70", "gone", "alone", "unknown"]) expect(from(id)).toEqual([]);
});
