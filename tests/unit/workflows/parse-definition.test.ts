import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { parseDefinition } from "#/lib/workflows/parse-definition.ts";

const hash = `sha256:${"0".repeat(64)}`;
const model = { type: "model", model: "anthropic:claude-haiku-4-5", prompt: { text: "Hi" } };
const transform = (id: string, value: Json = 1, needs: string[] = []): JsonObject => ({
  id,
  type: "transform",
  value,
  needs,
});
const http = (extra: JsonObject = {}) => ({ method: "GET", url: "http://localhost:1/x", ...extra });
const workflow = (...nodes: Json[]): JsonObject => ({ name: "w", nodes });

function faultsOf(json: Json): { path: string; message: string }[] {
  try {
    parseDefinition({ json });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    expect(error.code).toBe("workflow_invalid");
    return error.fields ?? [];
  }
  return [];
}

describe("good definitions", () => {
  const good: [string, JsonObject][] = [
    ["one transform", workflow(transform("a"))],
    ["a model with a pinned prompt", workflow({ ...model, id: "a", prompt: { artifact: "prompt_1", hash } })],
    [
      "a model with everything",
      workflow({
        ...model,
        id: "a",
        title: "A",
        input: { x: "{{ trigger.x }}" },
        output: { type: "object" },
        maxOutputTokens: 100,
        effort: "low",
        timeoutMs: 1000,
        retry: { maxAttempts: 3, backoffMs: 500, maxBackoffMs: 5000, factor: 2 },
      }),
    ],
    [
      "an agent with tools",
      {
        name: "w",
        tools: {
          refund: {
            http: { method: "POST", url: "{{ env.URL }}/x", body: "{{ args }}" },
            input: { type: "object" },
            mutating: true,
          },
        },
        nodes: [{ ...model, id: "a", type: "agent", tools: ["refund"], maxTurns: 3 }],
      },
    ],
    [
      "a tool node by name",
      {
        name: "w",
        tools: { t: { http: http() } },
        nodes: [{ id: "a", type: "tool", tool: "t", arguments: { x: "{{ trigger.x }}" } }],
      },
    ],
    [
      "mutations opted in",
      workflow({
        id: "a",
        type: "tool",
        http: http({ method: "POST", body: { a: 1 } }),
        mutating: true,
        policies: { replay: { allowMutations: true } },
      }),
    ],
    [
      "a condition over an ancestor",
      workflow(transform("a"), transform("b", 1, ["a"]), {
        ...transform("c", "{{ nodes['a'].output }}", ["b"]),
        when: "nodes.a.output == 1",
      }),
    ],
    ["ids with hyphens", workflow(transform("my-id"), transform("b", "{{ nodes['my-id'].output }}", ["my-id"]))],
    [
      "a map",
      workflow(
        transform("before"),
        {
          id: "each",
          type: "map",
          needs: ["before"],
          over: "{{ trigger.items }}",
          as: "item",
          concurrency: 5,
          nodes: [
            transform("in1", "{{ item.x + nodes.before.output }}"),
            transform("in2", "{{ nodes.in1.output }}", ["in1"]),
          ],
        },
        transform("after", "{{ nodes.each.output }}", ["each"]),
      ),
    ],
    [
      "a map in a map",
      workflow({
        id: "outer",
        type: "map",
        over: [1, 2],
        as: "x",
        nodes: [{ id: "inner", type: "map", over: "{{ x }}", as: "y", nodes: [transform("leaf", "{{ x + y }}")] }],
      }),
    ],
    [
      "a sub-workflow",
      workflow({ id: "a", type: "workflow", workflow: "other", version: 3, payload: { x: "{{ trigger }}" } }),
    ],
    [
      "a timer and an approval",
      workflow(
        { id: "a", type: "wait", durationMs: 1000 },
        { id: "b", type: "wait", approval: { title: "Refund {{ trigger.id }}?", timeoutMs: 5000 } },
      ),
    ],
    [
      "an output over every node",
      { ...workflow(transform("a"), transform("b")), output: { a: "{{ nodes.a.output }}", b: "{{ nodes.b.output }}" } },
    ],
    [
      "braces that are no template",
      workflow({ ...model, id: "a", prompt: { text: 'Write \\{{ name }} as JSON: {"a": {}}' } }),
    ],
    [
      "input, description and a longest duration",
      { ...workflow(transform("a")), description: "d", input: { type: "object" }, maxDurationMs: 60_000 },
    ],
  ];
  test.each(good)("%s", (_, definition) => expect(faultsOf(definition)).toEqual([]));

  test("defaults are filled in", () => {
    const { nodes } = parseDefinition({
      json: workflow({ ...model, id: "a", type: "agent" }, { ...transform("b"), retry: { maxAttempts: 2 } }),
    });
    expect(nodes[0]).toMatchObject({ maxTurns: 8, tools: [] });
    expect(nodes[1]?.retry).toEqual({ maxAttempts: 2, backoffMs: 1000 });
  });
  test.each(readdirSync("examples/workflows"))("the example %s", (file) => {
    expect(parseDefinition({ yaml: readFileSync(`examples/workflows/${file}`, "utf8") }).nodes.length).toBeGreaterThan(
      0,
    );
  });
});

describe("faults of structure name their path and what is expected", () => {
  const tool = (extra: JsonObject) => workflow({ id: "a", type: "tool", http: http(), ...extra });
  test.each<[Json, string, string]>([
    [{ nodes: [transform("a")] }, "name", "required: expected a string"],
    [{ name: "w" }, "nodes", "required: expected an array"],
    [{ name: "w", nodes: [] }, "nodes", "at least 1 entry"],
    [{ name: "w", nodes: "x" }, "nodes", 'expected an array; got "x"'],
    [[], "", "expected an object"],
    [null, "", "expected an object"],
    [{ ...workflow(transform("a")), node: 1 }, "node", 'did you mean "nodes"?'],
    [workflow(5), "nodes[0]", "expected an object; got 5"],
    [workflow({ id: "a" }), "nodes[0].type", "expected one of model, agent, tool, transform, workflow, map, wait"],
    [workflow({ id: "a", type: "modle" }), "nodes[0].type", 'got "modle"'],
    [workflow({ type: "transform", value: 1 }), "nodes[0].id", "required: expected a string"],
    [workflow(transform("1a")), "nodes[0].id", "expected a letter or _"],
    [workflow(transform("__proto__")), "nodes[0].id", "not __proto__"],
    [workflow(transform("a".repeat(65))), "nodes[0].id", "64 characters"],
    [workflow({ id: "a", type: "transform" }), "nodes[0].value", "required"],
    [workflow({ ...transform("a"), vlaue: 1 }), "nodes[0].vlaue", 'did you mean "value"?'],
    [workflow({ ...transform("a"), model: "x" }), "nodes[0].model", "unknown field"],
    [
      tool({ http: http({ method: "FETCH" }) }),
      "nodes[0].http.method",
      'expected one of GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE; got "FETCH"',
    ],
    [tool({ http: http({ method: "{{ trigger.m }}" }) }), "nodes[0].http.method", "expected one of GET"],
    [tool({ http: http({ url: "ftp://x" }) }), "nodes[0].http.url", "http://, https:// or {{"],
    [tool({ http: http({ url: "javascript:alert(1)" }) }), "nodes[0].http.url", "http://"],
    [tool({ http: http({ headers: { a: 1 } }) }), "nodes[0].http.headers.a", "expected a string; got 1"],
    [tool({ tool: "t" }), "nodes[0].http", "exactly one of http, tool, mcp, builtin, use"],
    [workflow({ id: "a", type: "tool" }), "nodes[0].http", "exactly one of http, tool, mcp, builtin, use"],
    [tool({ arguments: {} }), "nodes[0].arguments", "only together with tool, mcp, builtin or use"],
    [tool({ mutating: false }), "nodes[0].mutating", "expected true"],
    [tool({ retry: { maxAttempts: 21 } }), "nodes[0].retry.maxAttempts", "at most 20"],
    [tool({ retry: { maxAttempts: 0 } }), "nodes[0].retry.maxAttempts", "at least 1"],
    [tool({ retry: { maxAttempts: 1.5 } }), "nodes[0].retry.maxAttempts", "whole number; got 1.5"],
    [tool({ timeoutMs: "10s" }), "nodes[0].timeoutMs", 'expected a number; got "10s"'],
    [
      tool({ policies: { replay: { allowMutations: "yes" } } }),
      "nodes[0].policies.replay.allowMutations",
      "expected a boolean",
    ],
    [tool({ policies: { allowMutations: true } }), "nodes[0].policies.allowMutations", "unknown field"],
    [workflow({ ...model, id: "a", model: "gpt-4" }), "nodes[0].model", 'expected "provider:id"'],
    [workflow({ ...model, id: "a", model: "OpenAI:x" }), "nodes[0].model", "provider:id"],
    [workflow({ ...model, id: "a", prompt: {} }), "nodes[0].prompt", "{ artifact, hash } or { text }"],
    [workflow({ ...model, id: "a", prompt: "Hi" }), "nodes[0].prompt", "{ artifact, hash } or { text }"],
    [workflow({ id: "a", type: "model", model: "p:m" }), "nodes[0].prompt", "required"],
    [workflow({ ...model, id: "a", prompt: { artifact: "p" } }), "nodes[0].prompt.hash", "required"],
    [
      workflow({ ...model, id: "a", prompt: { artifact: "p", hash: hash.toUpperCase() } }),
      "nodes[0].prompt.hash",
      "64 lowercase hex digits",
    ],
    [workflow({ ...model, id: "a", prompt: { text: 5 } }), "nodes[0].prompt.text", "expected a string"],
    [workflow({ ...model, id: "a", type: "agent", maxTurns: 0 }), "nodes[0].maxTurns", "at least 1"],
    [workflow({ ...model, id: "a", output: "x" }), "nodes[0].output", "expected an object"],
    [workflow({ id: "a", type: "wait" }), "nodes[0].durationMs", "either durationMs or approval"],
    [workflow({ id: "a", type: "wait", durationMs: 1, approval: {} }), "nodes[0].durationMs", "not both"],
    [workflow({ id: "a", type: "workflow", workflow: "Bad Slug" }), "nodes[0].workflow", "lowercase"],
    [workflow({ id: "a", type: "map", over: [1], as: "item", nodes: [] }), "nodes[0].nodes", "at least 1 entry"],
    [
      workflow({
        id: "a",
        type: "map",
        over: [1],
        as: "item",
        nodes: [{ id: "b", type: "tool", http: http({ method: "X" }) }],
      }),
      "nodes[0].nodes[0].http.method",
      "expected one of GET",
    ],
    [
      { ...workflow(transform("a")), tools: { "bad name": { http: http() } } },
      'tools["bad name"]',
      "expected a letter",
    ],
    [{ ...workflow(transform("a")), tools: { t: {} } }, "tools.t.http", "exactly one of http, mcp, builtin, use"],
    [{ ...workflow(transform("a")), maxDurationMs: 0 }, "maxDurationMs", "at least 1"],
  ])("case %#: %j", (definition, path, message) => {
    const found = faultsOf(definition);
    expect(found).toContainEqual({ path, message: expect.stringContaining(message) as string });
  });
});

describe("faults of meaning name their path", () => {
  const map = (inner: Json[], extra: JsonObject = {}): JsonObject => ({
    id: "each",
    type: "map",
    over: "{{ trigger.items }}",
    as: "item",
    nodes: inner,
    ...extra,
  });
  test.each<[string, Json, string, string]>([
    ["duplicate ids", workflow(transform("a"), transform("a")), "nodes[1].id", "already used by nodes[0]"],
    [
      "duplicate ids in a map",
      workflow(transform("a"), map([transform("a")])),
      "nodes[1].nodes[0].id",
      "already used by nodes[0]",
    ],
    [
      "an unknown need",
      workflow(transform("classify"), transform("b", 1, ["clasify"])),
      "nodes[1].needs[0]",
      'did you mean "classify"?',
    ],
    ["a need of itself", workflow(transform("a", 1, ["a"])), "nodes[0].needs[0]", "cannot need itself"],
    [
      "a cycle",
      workflow(transform("a", 1, ["c"]), transform("b", 1, ["a"]), transform("c", 1, ["b"])),
      "nodes[0].needs",
      "a → c → b → a",
    ],
    [
      "a cycle in a map",
      workflow(map([transform("a", 1, ["b"]), transform("b", 1, ["a"])])),
      "nodes[0].nodes[0].needs",
      "a → b → a",
    ],
    [
      "a need from a map to outside",
      workflow(transform("a"), map([transform("b", 1, ["a"])])),
      "nodes[1].nodes[0].needs[0]",
      "not on this level",
    ],
    [
      "an unknown tool of a node",
      workflow({ id: "a", type: "tool", tool: "refnd" }),
      "nodes[0].tool",
      'no tool "refnd"',
    ],
    [
      "an unknown tool of an agent",
      { ...workflow({ ...model, id: "a", type: "agent", tools: ["refnd"] }), tools: { refund: { http: http() } } },
      "nodes[0].tools[0]",
      'did you mean "refund"?',
    ],
    [
      "a tool named like a prototype field",
      workflow({ id: "a", type: "tool", tool: "constructor" }),
      "nodes[0].tool",
      "no tool",
    ],
    [
      "a tool listed twice",
      { ...workflow({ ...model, id: "a", type: "agent", tools: ["t", "t"] }), tools: { t: { http: http() } } },
      "nodes[0].tools[1]",
      "listed twice",
    ],
    [
      "an expression that does not compile",
      workflow({ ...transform("a"), when: "trigger.x ==" }),
      "nodes[0].when",
      "at character 11",
    ],
    [
      "a template that is not closed",
      workflow(transform("a", { x: ["{{ trigger.x"] })),
      "nodes[0].value.x[0]",
      "not closed",
    ],
    ["an unknown function", workflow(transform("a", "{{ now() }}")), "nodes[0].value", "unknown function now"],
    [
      "an unknown variable",
      workflow(transform("a", "{{ tigger.x }}")),
      "nodes[0].value",
      "expected one of trigger, nodes, env, run",
    ],
    [
      "a node's name as a variable",
      workflow(transform("a"), transform("b", "{{ a.output }}", ["a"])),
      "nodes[1].value",
      'did you mean "nodes.a"?',
    ],
    [
      "a node that does not come before",
      workflow(transform("a"), transform("b", "{{ nodes.a.output }}")),
      "nodes[1].value",
      '"a" does not come before this node',
    ],
    [
      "a node that comes behind",
      workflow({ ...transform("a"), when: "nodes.b.output" }, transform("b", 1, ["a"])),
      "nodes[0].when",
      '"b" does not come before',
    ],
    [
      "a node that is not there",
      workflow(transform("a"), transform("b", "{{ nodes.aa.output }}", ["a"])),
      "nodes[1].value",
      'no node "aa"',
    ],
    ["itself", workflow(transform("a", "{{ nodes.a.output }}")), "nodes[0].value", "itself"],
    [
      "an inner node from outside",
      workflow(map([transform("in1")]), transform("b", "{{ nodes.in1.output }}", ["each"])),
      "nodes[1].value",
      'inside the map "each"',
    ],
    [
      "an inner node from the output",
      { ...workflow(map([transform("in1")])), output: "{{ nodes.in1.output }}" },
      "output",
      'inside the map "each"',
    ],
    [
      "an inner node that does not come before",
      workflow(map([transform("in1"), transform("in2", "{{ nodes.in1.output }}")])),
      "nodes[0].nodes[1].value",
      "does not come before",
    ],
    [
      "an outer node that the map does not need",
      workflow(transform("a"), map([transform("in1", "{{ nodes.a.output }}")])),
      "nodes[1].nodes[0].value",
      "does not come before",
    ],
    [
      "the element outside of its map",
      workflow(map([transform("in1")]), transform("b", "{{ item }}")),
      "nodes[1].value",
      'unknown variable "item"',
    ],
    [
      "the element in the map's own list",
      workflow(map([transform("in1")], { over: "{{ item }}" })),
      "nodes[0].over",
      'unknown variable "item"',
    ],
    [
      "CEL's reserved words for the element",
      workflow(map([transform("in1")], { as: "for" })),
      "nodes[0].as",
      "already taken",
    ],
    [
      "a reserved word as a field",
      workflow(transform("in"), transform("b", "{{ nodes.in.output }}", ["in"])),
      "nodes[1].value",
      "brackets",
    ],
    [
      "a reserved name for the element",
      workflow(map([transform("in1")], { as: "nodes" })),
      "nodes[0].as",
      "already taken",
    ],
    ["args outside of a tool", workflow(transform("a", "{{ args.x }}")), "nodes[0].value", 'unknown variable "args"'],
    [
      "nodes inside a tool",
      { ...workflow(transform("a")), tools: { t: { http: http({ url: "http://x/{{ nodes.a.output }}" }) } } },
      "tools.t.http.url",
      "expected one of trigger, env, run, args",
    ],
    [
      "a template in a header",
      workflow({ id: "a", type: "tool", http: http({ headers: { "x-id": "{{ trigger. }}" } }) }),
      "nodes[0].http.headers.x-id",
      "syntax error",
    ],
    [
      "a prompt's template",
      workflow({ ...model, id: "a", prompt: { text: "Hi {{ trigger.name" } }),
      "nodes[0].prompt.text",
      "not closed",
    ],
    [
      "an invalid input schema",
      { ...workflow(transform("a")), input: { type: "objekt" } },
      "input.type",
      "expected one of",
    ],
    [
      "an invalid output schema",
      workflow({ ...model, id: "a", output: { properties: { x: { type: 1 } } } }),
      "nodes[0].output.properties.x.type",
      "expected",
    ],
    [
      "an invalid tool schema",
      { ...workflow(transform("a")), tools: { t: { http: http(), input: { required: "a" } } } },
      "tools.t.input.required",
      "expected array",
    ],
    ["U+0000", workflow(transform("a", { x: "a\u0000b" })), "nodes[0].value.x", "U+0000"],
    ["a lone surrogate", workflow(transform("a", ["\ud800"])), "nodes[0].value[0]", "surrogates"],
    [
      "too many nodes",
      workflow(...Array.from({ length: 1001 }, (_, index) => transform(`n${index}`))),
      "nodes",
      "at most 1000",
    ],
    [
      "too many nodes in maps",
      workflow(
        ...Array.from({ length: 600 }, (_, index) => transform(`n${index}`)),
        map(Array.from({ length: 600 }, (_, index) => transform(`m${index}`))),
      ),
      "nodes",
      "at most 1000",
    ],
    [
      "a tool called __proto__",
      { ...workflow(transform("a")), tools: JSON.parse('{"__proto__":{}}') },
      "tools.__proto__",
      "__proto__",
    ],
    [
      "a header called __proto__",
      workflow({ id: "a", type: "tool", http: { ...http(), headers: JSON.parse('{"__proto__":"x","a":"b"}') } }),
      "nodes[0].http.headers.__proto__",
      "__proto__",
    ],
  ])("%s", (_, definition, path, message) => {
    const found = faultsOf(definition);
    expect(found).toContainEqual({ path, message: expect.stringContaining(message) as string });
  });

  test("a node with a fault of structure does not make others faulty", () => {
    const found = faultsOf(workflow({ ...model, id: "a", model: "x" }, transform("b", "{{ nodes.a.output }}", ["a"])));
    expect(found.map(({ path }) => path)).toEqual(["nodes[0].model"]);
  });
  test("all faults come at once, and the message quotes the first", () => {
    const definition = workflow(
      { ...model, id: "a", model: "x" },
      transform("a"),
      transform("c", "{{ nope }}", ["zz"]),
    );
    expect(faultsOf(definition).map(({ path }) => path)).toEqual([
      "nodes[0].model",
      "nodes[1].id",
      "nodes[2].needs[0]",
      "nodes[2].value",
    ]);
    expect(() => parseDefinition({ json: definition })).toThrow(/4 faults: nodes\[0\]\.model: expected/);
  });
  test("at most 100 faults are reported", () => {
    expect(
      faultsOf(workflow(...Array.from({ length: 400 }, (_, index) => transform(`n${index}`, "{{ nope }}")))),
    ).toHaveLength(100);
  });
  test("1000 nodes in a chain that read all before them are checked quickly", () => {
    const nodes = Array.from({ length: 1000 }, (_, index) =>
      transform(
        `n${index}`,
        index ? `{{ nodes.n${index - 1}.output }} {{ nodes.n0.output }}` : 1,
        index ? [`n${index - 1}`] : [],
      ),
    );
    expect(faultsOf(workflow(...nodes))).toEqual([]);
  });
});
