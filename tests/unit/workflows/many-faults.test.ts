import { expect, test } from "vitest";
import { stringify } from "yaml";
import type { Json } from "#/lib/contract/json.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { type DefinitionSource } from "#/lib/workflows/definition-source.ts";
import { parseDefinition } from "#/lib/workflows/parse-definition.ts";
import { processorMs } from "#/tests/support/processor-time.ts";

const many = <Item>(count: number, make: (index: number) => Item) => Array.from({ length: count }, (_, i) => make(i));
const nodes = (count: number, more: (index: number) => object = () => ({})) =>
  many(count, (index) => ({ id: `node_${index}`, type: "transform", value: null, ...more(index) }));

function faultsOf(source: DefinitionSource): { path: string; message: string }[] {
  try {
    parseDefinition(source);
    return [];
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.fields ?? [];
  }
}

const withPayload = (keys: number) =>
  `name: w\nnodes:\n- {id: a, type: transform, value: {\n${many(keys, (i) => `k${i}: 1,`).join("\n")}\n}}`;
const needs = (count: number) => ({
  name: "w",
  nodes: [...nodes(900), { id: "z", type: "transform", value: null, needs: many(count, (i) => `gone_${i}`) }],
});
const reads = (count: number) => ({
  name: "w",
  nodes: nodes(900, () => ({ value: many(count, (i) => `{{ nodes.gone_${i}.output }}`) })),
});
const tools = (count: number) => ({
  name: "w",
  nodes: [
    { id: "a", type: "agent", model: "openai/gpt-5.4", prompt: { text: "x" }, tools: many(count, (i) => `gone_${i}`) },
  ],
});

// Ten times as much costs some ten times as much, or less; each against each would cost a hundred times.
test.each<[string, (count: number) => DefinitionSource, number]>([
  ["keys of a map", (count) => ({ yaml: withPayload(count) }), 1000],
  ["unknown needs", (count) => ({ json: needs(count) as unknown as Json }), 500],
  ["unknown tools", (count) => ({ json: tools(count) as unknown as Json }), 500],
])("the work grows with the definition only: %s", async (_what, source, count) => {
  faultsOf(source(100));
  const small = await processorMs(() => faultsOf(source(count)));
  const large = await processorMs(() => expect(faultsOf(source(count * 10)).length).toBeLessThanOrEqual(100));
  expect(large).toBeLessThan(40 * Math.max(small, 5));
});

test("faults are looked for until there are a hundred", () => {
  expect(faultsOf({ json: needs(5000) as unknown as Json })).toHaveLength(100);
  expect(faultsOf({ json: reads(5) as unknown as Json })).toHaveLength(100);
});

test("keys that stand twice are named with their place, whatever their type and depth", () => {
  const faults = (yaml: string) => faultsOf({ yaml });
  expect(faults("name: w\nname: v\nnodes: []")).toEqual([
    { path: "line 2, column 1", message: "Map keys must be unique" },
  ]);
  expect(faults("nodes:\n- {id: a, value: {1: a, 1: b}}")).toEqual([
    { path: "line 2, column 25", message: "Map keys must be unique" },
  ]);
  expect(faults(stringify({ name: "w", nodes: nodes(1) }))).toEqual([]);
  expect(faults(many(100, () => "a: 1").join("\n"))).toHaveLength(20);
});

test("agents offer a bounded number of tools, all together", () => {
  const named = many(100, (index) => `tool_${index}`);
  const offering = (agents: number) => ({
    name: "w",
    tools: Object.fromEntries(named.map((name) => [name, { builtin: "time.now" }])),
    nodes: many(agents, (index) => ({
      id: `agent_${index}`,
      type: "agent",
      model: "openai:gpt-5.4",
      prompt: { text: "x" },
      tools: named,
    })),
  });
  const about = (agents: number) =>
    faultsOf({ json: offering(agents) as unknown as Json }).filter(({ path }) => path === "nodes");
  expect(about(100)).toEqual([]);
  expect(about(101)).toEqual([{ path: "nodes", message: expect.stringContaining("10000 tools") }]);
});
