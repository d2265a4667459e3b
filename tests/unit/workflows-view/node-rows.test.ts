import { expect, test } from "vitest";
import { nodeRows } from "#/components/workflows/node-rows.ts";
import { parseDefinition } from "#/lib/workflows/parse-definition.ts";

const hash = `sha256:${"0".repeat(64)}`;
const definition = parseDefinition({
  json: {
    name: "shop",
    tools: {
      read: { http: { method: "GET", url: "https://shop.example/policy" } },
      pay: { http: { method: "POST", url: "https://shop.example/refunds" } },
      odd: { http: { method: "GET", url: "https://shop.example/x?_method=DELETE" } },
    },
    nodes: [
      { id: "classify", type: "model", model: "anthropic:claude-haiku-4-5", prompt: { artifact: "prompt_1", hash } },
      {
        id: "decide",
        title: "Decide",
        type: "agent",
        needs: ["classify"],
        model: "anthropic:claude-opus-4-7",
        prompt: { text: "Decide" },
        tools: ["read", "pay", "odd"],
      },
      {
        id: "notify",
        type: "tool",
        needs: ["decide"],
        http: { method: "POST", url: "https://shop.example/mail" },
        policies: { replay: { allowMutations: true } },
      },
      {
        id: "each",
        type: "map",
        over: [1],
        as: "item",
        nodes: [{ id: "touch", type: "tool", tool: "read" }],
      },
    ],
  },
});

test("each node shows its model, its prompt and the calls it can make with whether they mutate and why", () => {
  const rows = Object.fromEntries(nodeRows(definition, []).map((row) => [row.id, row]));
  expect(rows.classify).toMatchObject({
    model: "anthropic:claude-haiku-4-5",
    prompt: { artifactId: "prompt_1", contentHash: hash },
    calls: [],
  });
  expect(rows.decide).toMatchObject({ title: "Decide", needs: ["classify"], prompt: "inline" });
  expect(rows.decide?.calls.map(({ tool, mutating, chosenByAgent }) => [tool, mutating, chosenByAgent])).toEqual([
    ["read", false, true],
    ["pay", true, true],
    ["odd", true, true],
  ]);
  expect(rows.notify).toMatchObject({
    allowMutations: true,
    calls: [
      {
        tool: null,
        request: "POST https://shop.example/mail",
        chosenByAgent: false,
        mutating: true,
        why: "POST is mutating",
      },
    ],
  });
});

test("inner nodes stand behind their map and name it", () => {
  expect(nodeRows(definition, []).map(({ id, inside }) => [id, inside])).toEqual([
    ["classify", null],
    ["decide", null],
    ["notify", null],
    ["each", null],
    ["touch", "each"],
  ]);
});

test("a tool that the workspace does not have is shown as mutating", () => {
  const missing = parseDefinition({ json: { name: "m", nodes: [{ id: "a", type: "tool", use: "gone" }] } });
  expect(nodeRows(missing, [])[0]?.calls).toMatchObject([
    { tool: null, request: "workspace tool gone", mutating: true },
  ]);
});

test("a thousand calls are listed, of more only their number is told", () => {
  const names = Array.from({ length: 50 }, (_, index) => `t${index}`);
  const many = parseDefinition({
    json: {
      name: "many",
      tools: Object.fromEntries(names.map((name) => [name, { http: { method: "GET", url: "https://shop.example" } }])),
      nodes: Array.from({ length: 30 }, (_, index) => ({
        ...{ id: `n${index}`, type: "agent", model: "anthropic:claude-opus-4-7" },
        ...{ prompt: { text: "Decide" }, tools: names },
      })),
    },
  });
  const rows = nodeRows(many, []);
  expect([rows[19], rows[20]].map((row) => [row?.calls.length, row?.moreCalls])).toEqual([
    [50, 0],
    [0, 50],
  ]);
});
