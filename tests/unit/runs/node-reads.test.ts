import { describe, expect, test } from "vitest";
import type { Json } from "#/lib/contract/json.ts";
import { ownTransforms, readsOf, readsOfValue } from "#/lib/runs/node-reads.ts";
import { noOverrides } from "#/lib/runs/overrides.ts";
import type { NodeDefinition } from "#/lib/workflows/definition.ts";

const hash = `sha256:${"0".repeat(64)}`;
const around = {
  overrides: noOverrides,
  prompts: new Map([[`prompt_1@${hash}`, "Sum up {{ nodes.read.output }}."]]),
  own: ownTransforms(
    new Map<string, Json>([
      ["target", "{{ env.HOST }}/{{ nodes.pick.output }}"],
      ["pick", { of: "{{ nodes.list.output[0] }}" }],
      ["through", "{{ nodes.target.output }}"],
      ["plain", "{{ nodes.list.output }}"],
    ]),
  ),
};
const prompted = { type: "model", model: "anthropic:m", prompt: { artifact: "prompt_1", hash } };

describe("what a node's expressions read", () => {
  test.each<[string, object, string[], boolean]>([
    ["nothing", { type: "transform", value: "{{ trigger.x }}" }, [], false],
    ["one, by name", { type: "transform", value: { a: ["{{ nodes.x.output.a }}"] } }, ["x"], false],
    ["one, in brackets", { type: "transform", value: '{{ nodes["x-y"].output }}' }, ["x-y"], false],
    ["its condition", { type: "transform", when: "nodes.x.output > 1", value: 1 }, ["x"], false],
    [
      "a request",
      { type: "tool", http: { method: "GET", url: "{{ nodes.a.output }}", query: { b: "{{ nodes.b.status }}" } } },
      ["a", "b"],
      false,
    ],
    ["arguments", { type: "tool", tool: "t", arguments: { a: "{{ nodes.a.output }}" } }, ["a"], false],
    ["a prompt's text and an input", { ...prompted, input: "{{ nodes.a.output }}" }, ["a", "read"], false],
    [
      "the list of a map, not what its nodes read",
      {
        type: "map",
        over: "{{ nodes.a.output }}",
        as: "n",
        nodes: [{ id: "i", type: "transform", value: "{{ nodes.b.output }}" }],
      },
      ["a"],
      false,
    ],
    ["a payload", { type: "workflow", workflow: "w", payload: { a: "{{ nodes.a.output }}" } }, ["a"], false],
    ["what an approval asks", { type: "wait", approval: { title: "{{ nodes.a.output }}?" } }, ["a"], false],
    ["a transform", { type: "transform", value: "{{ nodes.plain.output }}" }, ["plain"], false],
    [
      "one that reads the environment, with what it reads",
      { type: "transform", value: "{{ nodes.target.output }}" },
      ["pick", "target"],
      false,
    ],
    [
      "one that does so through another",
      { type: "transform", value: "{{ nodes.through.output }}" },
      ["pick", "target", "through"],
      false,
    ],
    ["any", { type: "transform", value: "{{ nodes.map(id, nodes[id].status) }}" }, [], true],
    ["any, where a text does not compile", { type: "transform", value: "{{ nodes. }}" }, [], true],
  ])("%s", (_what, node, ids, all) => {
    const reads = readsOf({ id: "n", ...node } as NodeDefinition, around);
    expect({ ids: [...reads.ids].toSorted(), all: reads.all }).toEqual({ ids, all });
  });

  test("a replay's prompt counts, not the definition's", () => {
    const other = `sha256:${"1".repeat(64)}`;
    const overrides = { ...noOverrides, prompt: { artifactId: "prompt_1", contentHash: other } };
    const prompts = new Map([[`prompt_1@${other}`, "{{ nodes.other.output }}"]]);
    expect([...readsOf({ id: "n", ...prompted } as NodeDefinition, { ...around, overrides, prompts }).ids]).toEqual([
      "other",
    ]);
  });

  test("a value", () => expect([...readsOfValue({ a: "{{ nodes.a.output }}" }).ids]).toEqual(["a"]));
});
