import { expect, test } from "vitest";
import { startFault } from "#/lib/replay/start-fault.ts";
import { recordedRun } from "./recorded-run.ts";
import { transformNode, version } from "./replay-facts.ts";

const map = (id: string, nodes: object[], needs: string[] = []) => ({
  id,
  type: "map",
  over: [],
  as: id,
  nodes,
  needs,
});
const sub = (id: string) => ({ id, type: "workflow", workflow: "child" });

const nodes = [
  transformNode("load"),
  { id: "decide", type: "agent" },
  map("each", [
    transformNode("fetch"),
    transformNode("score", { needs: ["fetch"] }),
    transformNode("extra", { needs: ["score"], when: "false" }),
    sub("review"),
    map("inner", [transformNode("leaf")]),
  ]),
  map("never", [transformNode("unreached")], ["each"]),
  map("skipped", [transformNode("hidden")]),
  sub("whole"),
  sub("unstarted"),
];
const spans = recordedRun(
  ...["load", "decide", "decide/turn-1", "decide/turn-1/pay-0", "each:f"],
  ...["each[0]", "each[0].fetch", "each[0].score", "each[0].extra:s", "each[0].review"],
  ...["each[0].inner", "each[0].inner[0]", "each[0].inner[0].leaf"],
  ...["each[1]:f", "each[1].fetch:f", "whole", "skipped:s"],
);
const nodeNow = (id: string) => id;
const lengths = new Map([["span each", 4]]);
const own = { version: version(3, nodes), spans, nodeNow, lengths };
const child = {
  version: version(7, [transformNode("first"), transformNode("second", { needs: ["first"] }), sub("deeper")]),
  spans: recordedRun("first", "second:f"),
  nodeNow,
  lengths: new Map(),
};
const withChild = [own, child];

test.each<[path: string, levels: (typeof own)[]]>([
  ["load", [own]],
  ["never", [own]],
  ["skipped", [own]],
  ["each", [own]],
  ["each[0]", [own]],
  ["each[0].score", [own]],
  ["each[1].fetch", [own]],
  ["each[0].inner[0].leaf", [own]],
  ["each[0].review", [own]],
  ["whole/second", withChild],
  ["each[0].review/first", withChild],
])("a replay can start from %s", (path, levels) => {
  expect(startFault(levels, path)).toBeNull();
});

test.each<[path: string, fault: string, levels?: (typeof own)[]]>([
  ["ghost", "is not a node of version 3"],
  ["lod", 'is not a node of version 3; did you mean "load"?'],
  ["load#1", 'is not the path of a step; did you mean "load"?'],
  ["each[0", 'is not the path of a step; did you mean "each"?'],
  ["each[01].score", 'is not the path of a step; did you mean "each"?'],
  ["two words", "is not the path of a step"],
  ["[0]", "is not the path of a step"],
  ["score", "is inside the map each: name the item as well, for example each[0].score"],
  ["leaf", "is inside the map inner: name the item as well, for example each[0].inner[0].leaf"],
  ["each.score", 'is not the path of a step; did you mean "each"?'],
  ["each[4].score", 'cannot be reached: each has 4 items in this run; did you mean "each[0].score"?'],
  ["each[2].score", 'cannot be reached: the item each[2] was not reached in this run; did you mean "each[0].score"?'],
  ["each[9]", 'cannot be reached: each has 4 items in this run; did you mean "each[1]"?'],
  ["each[1].score", 'was not reached in this run; did you mean "each[1].fetch"?'],
  ["each[0].extra", 'was skipped in this run; did you mean "each[0].score"?'],
  ["each[0].scroe", 'is not a node inside each[0]; did you mean "each[0].score"?'],
  ["each[0].load", "is not a node inside each[0]"],
  ["each[0].ghost[1].x", "cannot be reached: each[0].ghost is not a node inside each[0]"],
  ["each[1].inner[0].leaf", 'cannot be reached: each[1].inner was not reached in this run; did you mean "each[1]"?'],
  ["never[0].unreached", 'cannot be reached: never was not reached in this run; did you mean "each"?'],
  ["skipped[0].hidden", "cannot be reached: skipped was skipped in this run"],
  ["load[0].x", 'cannot be reached: load is not a map; did you mean "load"?'],
  ["decide/turn-1", 'is inside the agent decide, which is one step; did you mean "decide"?'],
  ["decide/turn-1/pay-0", 'is inside the agent decide, which is one step; did you mean "decide"?'],
  ["load/x", 'is inside load, which is one step; did you mean "load"?'],
  ["each[0]/score", 'is not the path of a step; did you mean "each[0]"?'],
  ["unstarted/first", "cannot be reached: unstarted was not reached in this run"],
  ["whole/first", 'cannot be reached: whole started no run that can be continued; did you mean "whole"?'],
  ["whole/ghost", "is not a node inside whole", withChild],
  ["whole/secnod", 'is not a node inside whole; did you mean "whole/second"?', withChild],
  ["whole/deeper", 'was not reached in this run; did you mean "whole"?', withChild],
  ["whole/deeper/x", 'cannot be reached: whole/deeper was not reached in this run; did you mean "whole"?', withChild],
  ["whole/second/x", 'is inside whole/second, which is one step; did you mean "whole/second"?', withChild],
  ["whole/a b", 'is not the path of a step; did you mean "whole"?', withChild],
  ["whole/", 'is not the path of a step; did you mean "whole"?', withChild],
])("a replay cannot start from %s: it %s", (path, fault, levels = [own]) => {
  expect(startFault(levels, path)).toBe(fault);
});
