import { describe, expect, test } from "vitest";
import { groupHosts, verdictNotes } from "#/components/replay/preflight-words.ts";
import type { GuardVerdict } from "#/lib/contract/replay.ts";

describe("tool hosts", () => {
  test("each host once with all its nodes, what is unknown last", () => {
    const hosts = [
      { nodeId: "a", host: null },
      { nodeId: "b", host: "x.example" },
      { nodeId: "c", host: "y.example" },
      { nodeId: "d", host: "x.example" },
      { nodeId: "b", host: "x.example" },
    ];
    expect(groupHosts(hosts)).toEqual([
      { host: "x.example", nodeIds: ["b", "d"] },
      { host: "y.example", nodeIds: ["c"] },
      { host: null, nodeIds: ["a"] },
    ]);
    expect(groupHosts([])).toEqual([]);
  });
});

describe("what stands behind a verdict", () => {
  const verdict = (details: object, level: GuardVerdict["level"] = "block") =>
    ({ code: "workflow_paused", level, message: "", details }) as GuardVerdict;
  const refused = (nodeId: string | null) => ({ nodeId, ref: "a:b", because: "It is retired." });

  test.each<[string, GuardVerdict, string[]]>([
    ["a reason", verdict({ reason: "twice paid" }), ["Reason: twice paid"]],
    ["no reason", verdict({ reason: null }), []],
    ["an empty reason", verdict({ reason: "" }), []],
    ["nothing of what passes", verdict({ reason: "twice paid" }, "pass"), []],
    ["a refused model by its node", verdict({ models: [refused("ask")] }), ["ask: a:b. It is retired."]],
    ["a refused model that no node calls", verdict({ models: [refused(null)] }), ["a:b. It is retired."]],
    [
      "steps whose workflow is paused",
      verdict({
        steps: [
          { path: "a/b", workflow: "child", reason: "twice paid" },
          { path: "c", workflow: "x", reason: null },
        ],
      }),
      ["a/b: child. Reason: twice paid", "c: x"],
    ],
    [
      "steps whose workflow has no version",
      verdict({
        steps: [
          { path: "a", workflow: "child", version: 2 },
          { path: "b", workflow: "x", version: "latest" },
        ],
      }),
      ["a: child version 2", "b: x (no version left)"],
    ],
    ["details of another shape", verdict({ models: 3, steps: {} }), []],
  ])("%s", (_name, told, notes) => expect(verdictNotes(told)).toEqual(notes));

  test("many refused models are cut", () => {
    const models = Array.from({ length: 9 }, (_, n) => refused(`n${n}`));
    expect(verdictNotes(verdict({ models }))).toHaveLength(5);
  });
});
