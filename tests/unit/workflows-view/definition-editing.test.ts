import { describe, expect, test } from "vitest";
import { cursorPlace } from "#/components/workflows/cursor-place.ts";
import { completionsAt, type WorkspaceNames } from "#/components/workflows/definition-completion.ts";
import { faultRange, nodePlace, pathParts, readDocument } from "#/components/workflows/definition-document.ts";
import type { DomainError } from "#/lib/core/errors.ts";
import { definitionSchema } from "#/lib/workflows/definition-schema.ts";
import { parseDefinition } from "#/lib/workflows/parse-definition.ts";

const names: WorkspaceNames = {
  models: [{ ref: "anthropic:claude-haiku-4-5", name: "Haiku" }],
  prompts: [{ id: "prompt_1", name: "decide", latestHash: "sha256:ab" }],
  tools: ["shared_tool"],
  servers: [{ name: "bank", tools: ["read_balance"] }],
  workflows: ["assess-order"],
};
const base = `name: w
input:
  type: object
  properties: { ticket: { type: object, properties: { subject: {}, body: {} } } }
tools:
  refund_order:
    http: { method: POST, url: "https://a.test/{{ args.id }}" }
nodes:
  - id: first
    title: The first
    type: model
    model: anthropic:claude-haiku-4-5
    prompt: { text: "Say {{ trigger.ticket.subject }}" }
    output: { type: object, properties: { kind: {}, "odd name": {} } }
`;
/** The labels that are offered where `|` stands in what is written below the base. */
const offered = (written: string, above = base) => {
  const text = `${above}${written}`;
  const at = text.lastIndexOf("|");
  const place = cursorPlace(text.slice(0, at) + text.slice(at + 1), at);
  return place ? completionsAt(place, definitionSchema(), names) : null;
};
const labels = (written: string, above?: string) => offered(written, above)?.options.map(({ label }) => label) ?? null;

describe("what is offered where the cursor is", () => {
  test.each<[where: string, written: string, has: string[], hasNot: string[]]>([
    ["a new field of the definition", "ou|", ["output", "maxDurationMs"], ["name", "nodes", "type"]],
    ["a new node", "  - |", ["id", "type"], ["name"]],
    ["a field of a node whose type is unknown", "  - id: b\n    |", ["type", "needs", "http", "over"], ["id"]],
    [
      "a field of a tool node",
      "  - id: b\n    type: tool\n    m|",
      ["http", "mcp", "retry"],
      ["model", "over", "type"],
    ],
    ["a field before the type", "  - id: b\n    |\n    type: wait", ["durationMs", "approval"], ["http"]],
    ["a type", "  - id: b\n    type: |", ["model", "tool", "map"], ["string"]],
    [
      "a field of an object on its own line",
      "  - id: b\n    type: tool\n    http:\n      |",
      ["method", "url"],
      ["id"],
    ],
    ["a field in braces", "  - id: b\n    type: tool\n    http: { | }", ["method", "url"], ["id"]],
    ["a value of a list of words", "  - id: b\n    type: tool\n    http: { method: | }", ["GET", "POST"], ["method"]],
    ["nodes that are needed", "  - id: b\n    type: tool\n    needs: [|]", ["first"], ["b"]],
    ["nodes that are needed, one a line", "  - id: b\n    needs:\n      - |", ["first"], ["b", "id"]],
    ["nodes that are needed already", "  - id: b\n    type: tool\n    needs: [first, |]", [], ["first", "b"]],
    ["tools of an agent", "  - id: b\n    type: agent\n    tools: [|", ["refund_order"], ["shared_tool"]],
    ["a tool of the version", "  - id: b\n    type: tool\n    tool: r|", ["refund_order"], ["shared_tool"]],
    ["a tool of the workspace", "  - id: b\n    type: tool\n    use: |", ["shared_tool"], ["refund_order"]],
    ["a server", "  - id: b\n    type: tool\n    mcp: { server: | }", ["bank"], []],
    [
      "a server's tool",
      "  - id: b\n    type: tool\n    mcp: { server: bank, tool: | }",
      ["read_balance"],
      ["refund_order"],
    ],
    ["a built-in tool", "  - id: b\n    type: tool\n    builtin: |", ["time.now", "http.get"], []],
    ["a model", "  - id: b\n    type: model\n    model: anthropic:|", ["anthropic:claude-haiku-4-5"], []],
    ["a workflow", "  - id: b\n    type: workflow\n    workflow: |", ["assess-order"], []],
    ["a prompt", "  - id: b\n    type: model\n    prompt: { artifact: | }", ["prompt_1"], []],
    ["its newest text", "  - id: b\n    type: model\n    prompt: { artifact: prompt_1, hash: | }", ["sha256:ab"], []],
    ["the policy of a node", "  - id: b\n    type: tool\n    policies: { replay: { | } }", ["allowMutations"], []],
    ["yes or no", "  - id: b\n    policies: { replay: { allowMutations: | } }", ["true", "false"], []],
    [
      "a node inside a map",
      "  - id: b\n    type: map\n    as: row\n    nodes:\n      - id: c\n        type: tool\n        |",
      ["http"],
      ["over"],
    ],
    ["an expression", '  - id: b\n    value: "{{ | }}"', ["trigger", "nodes", "env", "run"], ["args"]],
    ["an expression that is not closed", "  - id: b\n    value: a {{ no|", ["nodes"], []],
    [
      "an element in a map",
      '  - id: b\n    type: map\n    as: row\n    nodes:\n      - id: c\n        value: "{{ | }}"',
      ["row"],
      [],
    ],
    ["nodes in an expression", '  - id: b\n    value: "{{ nodes.| }}"', ["first", "b"], ["nodes"]],
    ["what a node gave", '  - id: b\n    value: "{{ nodes.first.| }}"', ["output"], []],
    ["its fields", '  - id: b\n    value: "{{ nodes.first.output.| }}"', ["kind"], ["odd name"]],
    ["the payload's fields", '  - id: b\n    value: "{{ upper(trigger.ticket.s| }}"', ["subject", "body"], []],
    ["a condition", '  - id: b\n    when: "nodes.first.|"', ["output"], []],
  ])("%s", (_where, written, has, hasNot) => {
    const found = labels(written);
    expect(found).toEqual(expect.arrayContaining(has));
    expect(found?.filter((label) => hasNot.includes(label))).toEqual([]);
  });

  test("what was typed is replaced, and a field gets its colon", () => {
    expect(offered("  - id: b\n    ty|")).toMatchObject({ typed: "ty" });
    expect(offered("  - id: b\n    ty|")?.options.find(({ label }) => label === "type")?.apply).toBe("type: ");
    expect(offered('  - id: b\n    value: "{{ nodes.fi| }}"')).toMatchObject({ typed: "fi" });
    expect(offered("  - id: b\n    model: anthropic:cl|")).toMatchObject({ typed: "anthropic:cl" });
  });

  test("JSON is read alike, and its quotes stay", () => {
    const json = `{ "name": "w", "nodes": [{ "id": "a", "type": "tool", "|" }] }`;
    expect(labels(json, "")).toEqual(expect.arrayContaining(["http", "needs"]));
    expect(offered(json, "")?.options[0]?.apply).not.toContain(":");
    expect(labels(`{ "nodes": [{ "id": "a" }, { "id": "b", "needs": ["|"] }] }`, "")).toEqual(["a"]);
  });

  test.each([
    ["an empty text", "|"],
    ["an alias inside its anchor", "a: &x [*x, |]"],
    ["braces of all kinds", "- - - {{{ |"],
    ["a tab", "\t|"],
    ["an open quote", 'x: "|'],
    ["a key of its own kind", "? |"],
    ["a directive", "%YAML 9.9\n|"],
    ["what is nested too deeply", `${"[".repeat(5000)}|`],
  ])("%s breaks nothing", (_name, text) => {
    expect(() => labels(text, "")).not.toThrow();
  });
});

describe("a fault is marked where it is", () => {
  const text = `name: w
nodes:
  - id: a
    type: tool
    htp: { method: GET }
    http:
      method: PUSH
      url: "https://a.test/{{ nodes.nowhere.output }}"
      headers: { "x y": 5 }
  - type: transform
    value: 1
`;
  const marked = (path: string, message = "expected") => {
    const { from, to } = faultRange(readDocument(text), text, { path, message });
    return text.slice(from, to);
  };
  test.each([
    ["nodes[0].http.method", "PUSH"],
    ["nodes[0].http", "http"],
    ["nodes[0].http.url", '"https://a.test/{{ nodes.nowhere.output }}"'],
    ['nodes[0].http.headers["x y"]', "5"],
    ["nodes[0].http.body.deep", "http"],
    ["nodes[1].id", "type: transform"],
    ["nodes[7]", "nodes"],
    ["output", "name: w"],
    ["", "name: w"],
    ["line 7, column 15", "PUSH"],
    ["line 900, column 3", "\n"],
  ])("%s", (path, expected) => expect(marked(path)).toBe(expected));

  test("a field that is unknown is marked by its name", () => {
    expect(marked("nodes[0].htp", 'unknown field; did you mean "http"?')).toBe("htp");
  });

  test("every fault that the service finds has a place of its own kind", () => {
    const found = (): DomainError => {
      try {
        parseDefinition({ yaml: text });
      } catch (error) {
        return error as DomainError;
      }
      throw new Error("it was accepted");
    };
    const places = (found().fields ?? []).map((fault) => {
      const { from, to } = faultRange(readDocument(text), text, fault);
      return `${fault.path}: ${text.slice(from, to)}`;
    });
    expect(places).toEqual(
      expect.arrayContaining([
        "nodes[0].htp: htp",
        "nodes[0].http.method: PUSH",
        'nodes[0].http.headers["x y"]: 5',
        "nodes[1].id: type: transform",
      ]),
    );
  });

  test("a node is found by its id, inside maps too", () => {
    const maps = "nodes:\n  - id: each\n    nodes:\n      - { id: inner }\n";
    const place = nodePlace(readDocument(maps), "inner");
    expect(place && maps.slice(place.from, place.to)).toBe("inner");
    expect(nodePlace(readDocument(maps), "gone")).toBeNull();
  });

  test("a path is taken apart as it was made", () => {
    expect(pathParts('nodes[2].http["a \\"b\\".c"].x-y[0]')).toEqual(["nodes", 2, "http", 'a "b".c', "x-y", 0]);
    expect(pathParts("")).toEqual([]);
  });
});
