import { expect, test } from "vitest";
import type { Json } from "#/lib/contract/json.ts";
import { definitionHash } from "#/lib/workflows/canonical.ts";
import { parseDefinition } from "#/lib/workflows/parse-definition.ts";

const hash = (source: string | Json) =>
  definitionHash(parseDefinition(typeof source === "string" ? { yaml: source } : { json: source }));
const json: Json = { name: "x", nodes: [{ id: "a", type: "agent", model: "p:m", prompt: { text: "hi" } }] };

test("key order, form and written-out defaults do not change the hash", () => {
  const expected = hash(json);
  expect(expected).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(hash("nodes:\n  - { prompt: { text: hi }, model: 'p:m', type: agent, id: a }\nname: x # comment\n")).toBe(
    expected,
  );
  expect(
    hash({
      name: "x",
      nodes: [{ id: "a", type: "agent", model: "p:m", prompt: { text: "hi" }, maxTurns: 8, tools: [] }],
    }),
  ).toBe(expected);
});

test("any other difference does", () => {
  const others: Json[] = [
    { ...json, name: "y" },
    { ...json, description: "" },
    { ...json, output: null },
    { ...json, nodes: [{ id: "b", type: "agent", model: "p:m", prompt: { text: "hi" } }] },
    { ...json, nodes: [{ id: "a", type: "model", model: "p:m", prompt: { text: "hi" } }] },
    { ...json, nodes: [{ id: "a", type: "agent", model: "p:m", prompt: { text: "hi " } }] },
    { ...json, nodes: [{ id: "a", type: "agent", model: "p:m", prompt: { text: "hi" }, title: "A" }] },
  ];
  expect(new Set([hash(json), ...others.map(hash)]).size).toBe(others.length + 1);
});
