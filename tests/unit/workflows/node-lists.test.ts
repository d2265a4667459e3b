import { expect, test } from "vitest";
import { placedNodes } from "#/lib/workflows/node-walk.ts";
import { parseDefinition } from "#/lib/workflows/parse-definition.ts";
import { promptRefs } from "#/lib/workflows/prompt-nodes.ts";
import { toolCalls } from "#/lib/workflows/tool-calls.ts";

const hash = `sha256:${"a".repeat(64)}`;
const definition = parseDefinition({
  yaml: `
name: w
tools:
  refund: { http: { method: POST, url: "http://x/refund" } }
  status: { http: { method: GET, url: "http://x/status" }, mutating: true }
nodes:
  - { id: classify, type: model, model: "p:small", prompt: { artifact: prompt_1, hash: "${hash}" } }
  - { id: decide, type: agent, model: "p:large", prompt: { text: hi }, tools: [refund, status], policies: { replay: { allowMutations: true } } }
  - { id: look, type: tool, http: { method: GET, url: "http://x/orders" } }
  - { id: mark, type: tool, http: { method: GET, url: "http://x/mark" }, mutating: true }
  - id: each
    type: map
    over: [1]
    as: item
    nodes:
      - { id: score, type: model, model: "p:small", prompt: { artifact: prompt_1, hash: "${hash}" } }
      - { id: send, type: tool, tool: refund, arguments: { id: 1 } }
`,
});

test("placedNodes goes into maps and tells where a node stands", () => {
  expect(placedNodes(definition).map(({ node, path, inside }) => [node.id, path, inside])).toEqual([
    ["classify", "nodes[0]", null],
    ["decide", "nodes[1]", null],
    ["look", "nodes[2]", null],
    ["mark", "nodes[3]", null],
    ["each", "nodes[4]", null],
    ["score", "nodes[4].nodes[0]", "each"],
    ["send", "nodes[4].nodes[1]", "each"],
  ]);
});

test("promptRefs lists every pinned prompt, inside of maps too", () => {
  expect(promptRefs(definition)).toEqual([
    { nodeId: "classify", artifactId: "prompt_1", contentHash: hash, path: "nodes[0].prompt" },
    { nodeId: "score", artifactId: "prompt_1", contentHash: hash, path: "nodes[4].nodes[0].prompt" },
  ]);
});

test("toolCalls lists what nodes call and what agents may call, with marks and policies", () => {
  const listed = toolCalls(definition).map(({ source, named: _, ...call }) => ({
    ...call,
    url: source.kind === "http" ? source.spec.url : null,
  }));
  expect(listed).toEqual([
    {
      nodeId: "decide",
      tool: "refund",
      url: "http://x/refund",
      mutating: false,
      chosenByAgent: true,
      given: null,
      nodeAllowsMutations: true,
    },
    {
      nodeId: "decide",
      tool: "status",
      url: "http://x/status",
      mutating: true,
      chosenByAgent: true,
      given: null,
      nodeAllowsMutations: true,
    },
    {
      nodeId: "look",
      tool: "GET",
      url: "http://x/orders",
      mutating: false,
      chosenByAgent: false,
      given: null,
      nodeAllowsMutations: undefined,
    },
    {
      nodeId: "mark",
      tool: "GET",
      url: "http://x/mark",
      mutating: true,
      chosenByAgent: false,
      given: null,
      nodeAllowsMutations: undefined,
    },
    {
      nodeId: "send",
      tool: "refund",
      url: "http://x/refund",
      mutating: false,
      chosenByAgent: false,
      given: { id: 1 },
      nodeAllowsMutations: undefined,
    },
  ]);
});
