import { expect, test } from "vitest";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { withLines } from "#/lib/cli/definition-lines.ts";
import { outputSchema } from "#/lib/cli/output-schema.ts";
import { withoutReferences } from "#/lib/cli/plain-schema.ts";
import { workflowTypes } from "#/lib/cli/workflow-declarations.ts";

const reads = {
  type: "object",
  properties: { amount: { type: "integer" }, deep: { properties: { x: { type: "string" } } } },
};
const nodes: Json = [
  { id: "plain", type: "model" },
  { id: "read", type: "agent", output: reads },
  { id: "maybe", type: "model", when: "trigger.ok", output: { type: "number" } },
  { id: "after", type: "transform", needs: ["maybe"], value: { from: "{{ nodes.read.output.amount }}", n: 1 } },
  { id: "call", type: "tool" },
];
const input = {
  properties: { name: { type: "string" }, owner: { $ref: "#/$defs/owner" } },
  $defs: { owner: { type: "boolean" } },
};
const wholeRead = { ...reads, properties: { ...reads.properties, deep: { properties: { x: { type: "string" } } } } };

test.each<[string, Json | undefined, JsonObject]>([
  ["nothing", undefined, { const: null }],
  ["a literal", 3, { const: 3 }],
  ["a text", "done", { const: "done" }],
  ["a model's text", "{{ nodes.plain.output }}", { type: "string" }],
  ["an agent's schema", "{{nodes.read.output}}", wholeRead],
  ["a field of it", "{{ nodes.read.output.deep.x }}", { type: "string" }],
  ["a field that no schema has", "{{ nodes.read.output.nope }}", {}],
  ["a field of the trigger", "{{ trigger.name }}", { type: "string" }],
  ["one that the schema refers to", "{{ trigger.owner }}", { type: "boolean" }],
  ["a step that may be skipped", "{{ nodes.maybe.output }}", { anyOf: [{ type: "number" }, { type: "null" }] }],
  [
    "a step after it",
    "{{ nodes.after.output }}",
    {
      anyOf: [
        { type: "object", properties: { from: { type: "integer" }, n: { const: 1 } }, required: ["from", "n"] },
        { type: "null" },
      ],
    },
  ],
  ["what a tool answers", "{{ nodes.call.output }}", {}],
  ["what is computed", "{{ nodes.read.output.amount * 2 }}", {}],
  ["a text with an expression in it", "Hello {{ trigger.name }}", { type: "string" }],
  ["two expressions", "{{ trigger.name }}{{ trigger.name }}", {}],
  [
    "an object",
    { a: "{{ trigger.name }}", b: [1, "x"] },
    {
      type: "object",
      properties: {
        a: { type: "string" },
        b: { type: "array", items: [{ const: 1 }, { const: "x" }], minItems: 2, maxItems: 2 },
      },
      required: ["a", "b"],
    },
  ],
])("the output's schema says as much as the definition does: %s", (_what, output, schema) => {
  const definition: JsonObject = { nodes, input, ...(output === undefined ? {} : { output }) };
  expect(outputSchema(definition)).toEqual(schema);
});

test("steps that name one another many times over cost no more than a bounded number of parts", () => {
  const chain = Array.from({ length: 40 }, (_, n) => {
    const before = `{{ nodes.n${n - 1}.output }}`;
    return { id: `n${n}`, type: "transform", value: { a: before, b: before } };
  });
  const schema = outputSchema({ nodes: chain, output: "{{ nodes.n39.output }}" });
  expect(JSON.stringify(schema).length).toBeLessThan(2_000_000);
});

test.each<[string, JsonObject, JsonObject]>([
  [
    "a reference",
    { properties: { a: { $ref: "#/$defs/A" } }, $defs: { A: { type: "string" } } },
    { properties: { a: { type: "string" } } },
  ],
  ["one into itself", { properties: { next: { $ref: "#" } } }, { properties: { next: { properties: { next: {} } } } }],
  ["one to nothing", { items: { $ref: "#/$defs/none" } }, { items: {} }],
  ["one to another document", { items: { $ref: "file:///etc/passwd" } }, { items: {} }],
  ["names", { title: "T", $id: "x", type: "string" }, { type: "string" }],
  [
    "properties that have the names of keywords",
    { properties: { title: { type: "string" }, definitions: { type: "number" }, $ref: { type: "null" } } },
    { properties: { title: { type: "string" }, definitions: { type: "number" }, $ref: { type: "null" } } },
  ],
  [
    "literals",
    { enum: [{ title: "T", $ref: "#" }], default: { $id: 1 } },
    { enum: [{ title: "T", $ref: "#" }], default: { $id: 1 } },
  ],
  ["an object of any fields", { type: "object" }, { type: "object", additionalProperties: true }],
  [
    "true",
    { items: true, properties: { a: true }, additionalProperties: false },
    { items: {}, properties: { a: {} }, additionalProperties: false },
  ],
])("a schema without references and names: %s", (_what, schema, plain) => {
  expect(withoutReferences(schema)).toEqual(plain);
});

test("a schema that multiplies itself is cut off", () => {
  const level = (n: number) => ({ properties: { a: { $ref: `#/$defs/l${n + 1}` }, b: { $ref: `#/$defs/l${n + 1}` } } });
  const $defs = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`l${n}`, level(n)]));
  expect(JSON.stringify(withoutReferences({ $ref: "#/$defs/l0", $defs })).length).toBeLessThan(2_000_000);
});

test("each workflow becomes a type that the SDK takes; names never clash", async () => {
  const refund = {
    required: ["orderId", "note"],
    type: "object",
    properties: {
      orderId: { type: "string", description: "As on the */ letter" },
      note: { type: "string", default: "" },
    },
  };
  const text = await workflowTypes([
    { slug: "support-refund", version: 3, definition: { input: refund, nodes, output: { ok: true } } },
    { slug: "2-b", version: 1, definition: {} },
    { slug: "supportrefund", version: 1, definition: {} },
    { slug: "2-b-payload", version: 1, definition: {} },
  ]);
  expect(text).toContain(`/** Workflow support-refund, version 3. */
export type SupportRefund = { slug: "support-refund"; payload: SupportRefundPayload; output: SupportRefundOutput };
export interface SupportRefundPayload {
  /**
   * As on the * / letter
   */
  orderId: string
  note?: string
}
export interface SupportRefundOutput {
  ok: true
}`);
  expect(text).toContain("export type Workflow2BPayload = unknown");
  const names = [...text.matchAll(/^export (?:type|interface) (\w+)/gm)].map((found) => found[1]);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toHaveLength(12);
});

test.each([
  ["definition.nodes[0].prompt.text", 4],
  ["nodes[0].prompt.nope", 4],
  ["nodes[1].needs", 5],
  ["definition.nodes[7]", 3],
  ['definition.input["a.b"]', 7],
  ["definition.name", 1],
])("a fault at %s is at line %i of the file", (path, line) => {
  const source = `name: x
nodes:
  - id: a
    prompt: { text: 3 }
  - id: b
input:
  a.b: 1
`;
  expect(withLines([{ path, message: "m" }], source, "f.yaml")).toEqual([
    { path: `f.yaml:${line}: ${path}`, message: "m" },
  ]);
});
