import { describe, expect, test } from "vitest";
import { TraceSkeleton } from "#/lib/contract/trace.ts";
import { inPieces } from "#/lib/core/loop-turns.ts";
import { buildSkeleton, skeletonText } from "#/lib/traces/skeleton.ts";
import type { SpanRow } from "#/lib/traces/span-row.ts";
import { modelCall, randomNumbers, spanRow } from "./span-rows.ts";

const run = { runId: "run_1", status: "running", rev: 7, startedAt: new Date(1000) } as const;
const skeletonOf = (rows: SpanRow[], change: object = {}) => buildSkeleton(rows, { ...run, ...change });
const at = (ms: number) => new Date(ms);

describe("order", () => {
  const cases: [string, SpanRow[], [string, number, number, number][]][] = [
    ["nothing", [], []],
    ["one", [spanRow("a")], [["a", -1, 0, 1]]],
    [
      "children by start, then by seq, whatever the order of the rows",
      [
        spanRow("c", "root", { startedAt: at(30), seq: 1 }),
        spanRow("b2", "root", { startedAt: at(20), seq: 9 }),
        spanRow("x", "b1", { startedAt: at(99) }),
        spanRow("b1", "root", { startedAt: at(20), seq: 8 }),
        spanRow("root", null, { startedAt: at(10) }),
      ],
      [
        ["root", -1, 0, 5],
        ["b1", 0, 1, 2],
        ["x", 1, 2, 1],
        ["b2", 0, 1, 1],
        ["c", 0, 1, 1],
      ],
    ],
    [
      "those not started come last, by seq",
      [
        spanRow("s2", null, { startedAt: null, seq: 2 }),
        spanRow("s1", null, { startedAt: null, seq: 1 }),
        spanRow("a", null, { startedAt: at(5), seq: 3 }),
      ],
      [
        ["a", -1, 0, 1],
        ["s1", -1, 0, 1],
        ["s2", -1, 0, 1],
      ],
    ],
    [
      "a span whose parent is not there yet stands at the root, with its children",
      [spanRow("a", null, { seq: 1 }), spanRow("o", "later", { seq: 2 }), spanRow("p", "o", { seq: 3 })],
      [
        ["a", -1, 0, 1],
        ["o", -1, 0, 2],
        ["p", 1, 1, 1],
      ],
    ],
    ["its own parent", [spanRow("a", "a")], [["a", -1, 0, 1]]],
    [
      "a circle is opened at its first span; nothing is lost",
      [
        spanRow("a", "c", { seq: 1 }),
        spanRow("b", "a", { seq: 2 }),
        spanRow("c", "b", { seq: 3 }),
        spanRow("d", "c", { seq: 4 }),
      ],
      [
        ["a", -1, 0, 4],
        ["b", 0, 1, 3],
        ["c", 1, 2, 2],
        ["d", 2, 3, 1],
      ],
    ],
  ];
  test.each(cases)("%s", (_name, rows, expected) => {
    const { columns, count } = skeletonOf(rows);
    expect(count).toBe(rows.length);
    expect(columns.id.map((id, row) => [id, columns.parent[row], columns.depth[row], columns.size[row]])).toEqual(
      expected,
    );
  });

  test("any tree: pre-order, parents before children, depths and sizes add up, every span once", () => {
    const random = randomNumbers(11);
    for (let round = 0; round < 50; round += 1) {
      const size = 1 + Math.floor(random() * 80);
      const rows = Array.from({ length: size }, (_unused, index) => {
        const parent = random() < 0.1 ? (random() < 0.5 ? null : "missing") : `s${Math.floor(random() * size)}`;
        return spanRow(`s${index}`, parent, {
          startedAt: random() < 0.1 ? null : at(Math.floor(random() * 20)),
          seq: index,
        });
      }).sort(() => random() - 0.5);
      const { columns } = skeletonOf(rows);
      expect(new Set(columns.id).size).toBe(size);
      for (let row = 0; row < size; row += 1) {
        const parent = columns.parent[row] ?? -2;
        expect(parent).toBeLessThan(row);
        expect(columns.depth[row]).toBe(parent === -1 ? 0 : (columns.depth[parent] ?? 0) + 1);
        if (parent !== -1) expect(row).toBeLessThan(parent + (columns.size[parent] ?? 0));
        const children = columns.parent.flatMap((of, child) => (of === row ? [columns.size[child] ?? 0] : []));
        expect(columns.size[row]).toBe(1 + children.reduce((sum, value) => sum + value, 0));
      }
    }
  });
});

describe("sums over the subtree", () => {
  test("tokens and cost of the calls below, null where there is none", () => {
    const rows = [
      spanRow("root", null, { seq: 0 }),
      spanRow("agent", "root", { seq: 1, inputTokens: 999, costMicros: 999 }),
      modelCall("t1", "agent", 5, { seq: 2 }),
      modelCall("t2", "agent", 7, { seq: 3 }),
      spanRow("tool", "root", { seq: 4 }),
    ];
    const { columns } = skeletonOf(rows);
    expect(columns.id).toEqual(["root", "agent", "t1", "t2", "tool"]);
    expect(columns.costMicros).toEqual([12, 12, 5, 7, null]);
    expect(columns.inputTokens).toEqual([20, 20, 10, 10, null]);
    expect(columns.outputTokens).toEqual([2, 2, 1, 1, null]);
  });
  test("one unknown makes every sum above it unknown, and no other", () => {
    const rows = [
      spanRow("root", null, { seq: 0 }),
      spanRow("a", "root", { seq: 1 }),
      modelCall("a1", "a", null, { seq: 2, outputTokens: null }),
      modelCall("a2", "a", 3, { seq: 3 }),
      modelCall("b", "root", 0, { seq: 4, inputTokens: 0 }),
    ];
    const { columns } = skeletonOf(rows);
    expect(columns.costMicros).toEqual([null, null, null, 3, 0]);
    expect(columns.outputTokens).toEqual([null, null, null, 1, 1]);
    expect(columns.inputTokens).toEqual([20, 20, 10, 10, 0]);
  });
  test("a reused call costs this run nothing", () => {
    const { columns } = skeletonOf([modelCall("a", null, 5, { reusedFromSpan: "span_old" })]);
    expect([columns.costMicros[0], columns.reused[0]]).toEqual([null, true]);
  });
});

describe("columns", () => {
  test("names, nodes and models are dictionaries; times count from the run's start", () => {
    const rows = [
      spanRow("a", null, {
        name: "same",
        nodeId: "n",
        modelRef: "x:1",
        seq: 1,
        effectVerdict: "live",
        mutating: true,
        attempt: 3,
      }),
      spanRow("b", null, { name: "same", nodeId: "n", modelRef: "x:2", seq: 2, finishedAt: null, status: "running" }),
      spanRow("c", null, { name: "other", nodeId: "", startedAt: null, finishedAt: null, status: "skipped", seq: 3 }),
      spanRow("d", null, { name: "same", startedAt: at(1200), finishedAt: at(1100), seq: 4 }),
    ];
    const skeleton = skeletonOf(rows);
    expect(skeleton).toMatchObject({
      runId: "run_1",
      status: "running",
      rev: 7,
      startedAtMs: 1000,
      count: 4,
      next: null,
    });
    expect(skeleton).toMatchObject({ names: ["same", "other"], nodeIds: ["n", "d"], models: ["x:1", "x:2"] });
    expect(skeleton.columns).toMatchObject({
      id: ["a", "b", "d", "c"],
      name: [0, 0, 0, 1],
      node: [0, 0, 1, -1],
      model: [0, 1, -1, -1],
      startMs: [0, 0, 200, -1],
      durationMs: [500, -1, 0, -1],
      attempt: [3, 1, 1, 1],
      effect: ["live", null, null, null],
      mutating: [true, false, false, false],
    });
    expect(TraceSkeleton.parse(skeleton)).toEqual(skeleton);
  });
  test.each([
    [null, 500, 500],
    [at(1000), 500, 500],
    [at(400), 500, 400],
  ])("run start %s and first span at %i: time zero is %i", (startedAt, first, zero) => {
    const skeleton = skeletonOf([spanRow("a", null, { startedAt: at(first), finishedAt: at(first) })], { startedAt });
    expect([skeleton.startedAtMs, skeleton.columns.startMs[0]]).toEqual([zero, first - zero]);
  });
  test("nothing has started", () => {
    const skeleton = skeletonOf([spanRow("a", null, { startedAt: null, finishedAt: null })], { startedAt: null });
    expect([skeleton.startedAtMs, skeleton.columns.startMs[0]]).toEqual([null, -1]);
  });
  test("names like __proto__ are ordinary", () => {
    const { names } = skeletonOf([spanRow("__proto__"), spanRow("constructor"), spanRow("toString")]);
    expect(names).toEqual(["__proto__", "constructor", "toString"]);
  });
});

describe("size", () => {
  const many = 40_000;
  const shapes: [string, (index: number, random: () => number) => string | null][] = [
    ["deep: each the child of the one before", (index) => (index === 0 ? null : `s${index - 1}`)],
    ["wide: one parent", (index) => (index === 0 ? null : "s0")],
    ["flat: no parent at all", () => null],
    ["mixed", (index, random) => (index === 0 ? null : `s${Math.floor(random() * index)}`)],
  ];
  test.each(shapes)("40,000 spans, %s", (_name, parentOf) => {
    const random = randomNumbers(3);
    const rows = Array.from({ length: many }, (_unused, index) =>
      modelCall(`s${index}`, parentOf(index, random), 1, {
        seq: index,
        startedAt: at(1000 + Math.floor(random() * 1e6)),
      }),
    );
    const { columns } = skeletonOf(rows);
    expect(columns.size.reduce((most, size) => Math.max(most, size), 0)).toBe(parentOf(1, random) === null ? 1 : many);
    expect(columns.id.length).toBe(many);
  });
});

describe("as text", () => {
  test.each([0, 1, 12_001])("%i spans say the same", async (count) => {
    const random = randomNumbers(count);
    const rows = Array.from({ length: count }, (_, n) =>
      modelCall(`s${n}`, n === 0 ? null : `s${Math.floor(random() * n)}`, n % 7 === 0 ? null : n, { seq: n }),
    );
    const text = await inPieces("w", skeletonText(rows, run));
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(buildSkeleton(rows, run))));
  });

  test("many spans give the event loop back in between", async () => {
    const rows = Array.from({ length: 40_000 }, (_, n) => spanRow(`s${n}`, n === 0 ? null : "s0", { seq: n }));
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await inPieces("w", skeletonText(rows, run));
    isDone = true;
    expect(turns).toBeGreaterThan(2);
    const pieces = [...skeletonText(rows, run)];
    expect(pieces.length).toBeGreaterThan(40);
  });
});
