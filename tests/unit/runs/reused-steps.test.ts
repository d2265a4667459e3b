import { describe, expect, test } from "vitest";
import { reusedSteps, takenOver } from "#/lib/runs/reused-steps.ts";
import { mappedStepKey } from "#/lib/runs/step-key.ts";
import type { NodeDefinition } from "#/lib/workflows/definition.ts";
import { recordedRun } from "#/tests/unit/replay/recorded-run.ts";

const step = (id: string, ...needs: string[]) => ({ id, type: "transform", value: 1, needs });
const map = (id: string, nodes: object[], ...needs: string[]) => ({ id, type: "map", over: [], as: id, nodes, needs });
const sub = (id: string, ...needs: string[]) => ({ id, type: "workflow", workflow: "w", needs });

/** load → each(fetch → score → note; side) → end, with `log` beside. */
const flow = [
  step("load"),
  map("each", [step("fetch"), step("score", "fetch"), step("note", "score"), step("side")], "load"),
  step("end", "each"),
  step("log"),
];
const item = (at: string) => [at, `${at}.fetch`, `${at}.score`, `${at}.note`, `${at}.side`];
const whole = ["load", "each", ...["each[0]", "each[1]", "each[2]"].flatMap(item), "end", "log"];

type Options = { nodes?: object[]; pairs?: Record<string, string | null>; length?: number };

function reuse(paths: string[], path: string | null, { nodes = flow, pairs = {}, length }: Options = {}) {
  const spans = recordedRun(...paths);
  const nodeNow = (id: string) => (Object.hasOwn(pairs, id) ? (pairs[id] ?? null) : id);
  const lengths = new Map(
    length === undefined ? [] : spans.flatMap((row) => (row.kind === "map" ? [[row.id, length] as const] : [])),
  );
  const definition = { nodes: nodes as unknown as NodeDefinition[] };
  const reused = reusedSteps(definition, { spans, nodeNow, lengths }, path);
  const kept = takenOver(reused, spans, nodeNow);
  return {
    whole: [...reused.whole.values()].map(({ key }) => key),
    opened: [...reused.opened.values()].map(({ key }) => key).toSorted(),
    ways: reused.ways,
    nodes: [...reused.nodes],
    kept: spans.filter(({ id }) => kept.has(id)).map(({ key }) => mappedStepKey(key, nodeNow)),
  };
}

describe("a run that starts inside of a map", () => {
  test.each<[what: string, path: string, whole: string[], opened: string[], nodes: string[]]>([
    [
      "from a step in the middle: what comes before it, beside it and in other items stays",
      "each[1].score",
      ["load", "each[0]", "each[1].fetch", "each[1].side", "each[2]", "log"],
      ["each", "each[1]"],
      ["load", "fetch", "side", "log"],
    ],
    [
      "from the first step of an item",
      "each[0].fetch",
      ["load", "each[0].side", "each[1]", "each[2]", "log"],
      ["each", "each[0]"],
      ["load", "side", "log"],
    ],
    [
      "from the last step of the last item",
      "each[2].note",
      ["load", "each[0]", "each[1]", "each[2].fetch", "each[2].score", "each[2].side", "log"],
      ["each", "each[2]"],
      ["load", "fetch", "score", "side", "log"],
    ],
    [
      "from an item: all of it, and nothing of the others",
      "each[1]",
      ["load", "each[0]", "each[2]", "log"],
      ["each"],
      ["load", "log"],
    ],
  ])("%s", (_what, path, kept, opened, nodes) => {
    const found = reuse(whole, path);
    expect(found.whole.toSorted()).toEqual(kept.toSorted());
    expect(found).toMatchObject({ opened, nodes, ways: ["each"] });
    expect(found.kept).toContain("each[2].fetch");
    expect(found.kept).not.toContain("each");
    expect(found.kept).not.toContain("end");
  });

  test("other items that did not complete go on where they stood", () => {
    const paths = [
      ...["load", "each:f", ...item("each[0]"), "each[1]:f", "each[1].fetch", "each[1].side", "each[1].score:f"],
      ...["each[2]:c", "each[2].fetch:c", "each[3]", "each[3].fetch", "each[3].score", "each[3].note", "each[3].side"],
    ];
    expect(reuse(paths, "each[3].note", { length: 4 })).toMatchObject({
      whole: ["load", "each[0]", "each[1].fetch", "each[1].side", "each[3].fetch", "each[3].score", "each[3].side"],
      opened: ["each", "each[1]", "each[3]"],
      nodes: ["load"],
    });
  });

  test.each<[string, number | undefined, string[]]>([
    ["all had begun", 2, ["load", "fetch", "side"]],
    ["not all had begun: all nodes are executed in those", 3, ["load"]],
    ["nobody knows", undefined, ["load"]],
  ])("of a failed map of which %s", (_what, length, nodes) => {
    const failed = ["each[1]:f", "each[1].fetch", "each[1].side", "each[1].score:f"];
    const paths = ["load", "each:f", ...item("each[0]"), ...failed];
    expect(reuse(paths, "each[1].score", length === undefined ? {} : { length }).nodes).toEqual(nodes);
  });

  const nested = [
    step("load"),
    map("outer", [step("open"), map("inner", [step("leaf"), step("last", "leaf")], "open"), step("close", "inner")]),
  ];
  const inner = (at: string) => [at, `${at}.leaf`, `${at}.last`];
  const outer = (at: string) => [
    ...[at, `${at}.open`, `${at}.inner`, ...inner(`${at}.inner[0]`), ...inner(`${at}.inner[1]`), `${at}.close`],
  ];

  test("in a map inside of it", () => {
    const paths = ["load", "outer", ...outer("outer[0]"), ...outer("outer[1]")];
    expect(reuse(paths, "outer[1].inner[0].last", { nodes: nested })).toEqual({
      whole: ["load", "outer[0]", "outer[1].open", "outer[1].inner[0].leaf", "outer[1].inner[1]"],
      opened: ["outer", "outer[1]", "outer[1].inner", "outer[1].inner[0]"],
      ways: ["outer", "outer[1].inner"],
      nodes: ["load", "open", "leaf"],
      kept: [
        "load",
        ...outer("outer[0]"),
        ...["outer[1].open", "outer[1].inner[0].leaf", "outer[1].inner[1]", "outer[1].inner[1].leaf"],
        "outer[1].inner[1].last",
      ],
    });
  });

  test("an item of another map is no item of this one", () => {
    const nodes = [map("a", [step("x")]), map("b", [step("y"), step("z", "y")])];
    const paths = ["a", "a[0]", "a[0].x", "b", "b[0]", "b[0].y", "b[0].z"];
    expect(reuse(paths, "b[0].z", { nodes }).whole).toEqual(["a", "b[0].y"]);
  });

  test("what happened inside of steps comes along: attempts, an agent's turns", () => {
    const paths = ["each", "each[0]", "each[0].fetch", "each[0].fetch#1", "each[0].fetch/turn-1"];
    const found = reuse([...paths, "each[0].fetch/turn-1/pay-0", "each[0].score:f"], "each[0].score", {
      nodes: [map("each", [step("fetch"), step("score", "fetch")])],
    });
    expect(found.kept).toEqual(paths.slice(2).concat("each[0].fetch/turn-1/pay-0"));
  });

  test("through a mapping the paths are those of the version that runs; the place of an item stays", () => {
    const nodes = [
      step("start"),
      map("loop", [step("get"), step("rate", "get"), step("extra"), step("both", "extra")], "start"),
    ];
    const pairs = { load: "start", each: "loop", fetch: "get", score: "rate", note: null, side: "extra", end: null };
    const found = reuse(whole, "loop[1].rate", { nodes, pairs });
    expect(found.whole).toEqual(["start", "loop[0]", "loop[1].get", "loop[1].extra", "loop[2]"]);
    expect(found.kept).toEqual([
      ...["start", "loop[0]", "loop[0].get", "loop[0].rate", "loop[0].extra", "loop[1].get", "loop[1].extra"],
      ...["loop[2]", "loop[2].get", "loop[2].rate", "loop[2].extra"],
    ]);
  });

  test("two nodes that become one: the first that has an answer stands for both, everywhere", () => {
    const nodes = [map("each", [step("one"), step("end", "one")])];
    const paths = ["a:f", "a[0]:f", "a[0].x:f", "b", "b[0]", "b[0].x", "b[0].y", "b[0].end"];
    const found = reuse(paths, "each[0].end", { nodes, pairs: { a: "each", b: "each", x: "one", y: "one" } });
    expect(found).toMatchObject({ whole: ["each[0].one"], kept: ["each[0].one"], opened: ["each", "each[0]"] });
  });

  test("where something before the map must be executed, the map is executed whole, with its list as it is then", () => {
    const nodes = [step("fresh"), map("each", [step("fetch"), step("score", "fetch")], "fresh"), step("log")];
    const found = reuse(["each", "each[0]", "each[0].fetch", "each[0].score", "log"], "each[0].score", { nodes });
    expect(found).toMatchObject({ whole: ["log"], opened: [], ways: [], nodes: ["log"] });
  });
});

describe("a run that starts inside of a run that it starts", () => {
  const nodes = [
    step("load"),
    sub("review", "load"),
    map("each", [step("fetch"), sub("run", "fetch"), step("after", "run")], "load"),
    step("end", "review", "each"),
  ];
  const paths = [
    ...["load", "review", "each", "each[0]", "each[0].fetch", "each[0].run", "each[0].after", "each[1]"],
    ...["each[1].fetch", "each[1].run", "each[1].after", "end"],
  ];

  test.each<[path: string, whole: string[], ways: string[], executed: string[]]>([
    ["review/score", ["load", "each"], ["review"], ["review", "end"]],
    ["review/each[0].x", ["load", "each"], ["review"], ["review", "end"]],
    [
      "each[1].run/score",
      ["load", "review", "each[0]", "each[1].fetch"],
      ["each", "each[1].run"],
      ["each", "run", "after", "end"],
    ],
    ["each[1].run", ["load", "review", "each[0]", "each[1].fetch"], ["each"], ["each", "run", "after", "end"]],
  ])("%s", (path, kept, ways, executed) => {
    const found = reuse(paths, path, { nodes });
    expect(found).toMatchObject({ whole: kept, ways });
    expect(found.nodes).toEqual(
      ["load", "review", "each", "fetch", "run", "after", "end"].filter((id) => !executed.includes(id)),
    );
  });
});

test.each([null, "ghost", "each[0", "each.score", "a b", ""])("%j keeps nothing, or is no path", (path) => {
  expect(reuse(whole, path)).toEqual({ whole: [], opened: [], ways: [], nodes: [], kept: [] });
});
