import { describe, expect, test } from "vitest";
import type { JsonObject } from "#/lib/contract/json.ts";
import { builtinTools } from "#/lib/tools/builtin-tools.ts";
import { mcpOutput } from "#/lib/tools/mcp-answer.ts";
import { maxMcpTools, readMcpDefinitions } from "#/lib/tools/mcp-definition.ts";
import { secretsOfHeaders } from "#/lib/tools/mcp-client.ts";
import { judgeMutability, type ToolFacts } from "#/lib/tools/mutability.ts";
import { factsOfSource, type ToolSource, toolOf, type WorkspaceTool } from "#/lib/tools/tool-source.ts";

const mcpTool = (change: Partial<WorkspaceTool> = {}, hint: boolean | null = true): WorkspaceTool => ({
  id: "tool_1",
  name: "read",
  kind: "mcp",
  definition: { name: "read", ...(hint === null ? {} : { annotations: { readOnlyHint: hint } }) },
  definitionHash: "sha256:now",
  trustedHash: "sha256:now",
  readOnly: null,
  server: { id: "mcp_1", name: "bank", url: "https://x.example/mcp", trusted: true },
  ...change,
});
const httpTool = (method: string, change: Partial<WorkspaceTool> = {}): WorkspaceTool => ({
  ...mcpTool(change),
  kind: "http",
  definition: { http: { method, url: "https://x.example/" } },
  server: null,
});
const untrusted = { id: "mcp_1", name: "bank", url: "https://x.example/mcp", trusted: false };
const mcp: ToolSource = { kind: "mcp", server: "bank", tool: "read" };
const use: ToolSource = { kind: "use", name: "read" };

describe("a call of a workspace's tool is mutating unless it is proven read-only", () => {
  test.each<[string, ToolSource, WorkspaceTool | null, boolean, boolean]>([
    ["trusted, says so, unchanged", mcp, mcpTool(), false, false],
    ["says so, but its server is not trusted", mcp, mcpTool({ server: untrusted }), false, true],
    ["trusted, but says nothing", mcp, mcpTool({}, null), false, true],
    ["trusted, but says that it is not", mcp, mcpTool({}, false), false, true],
    ["its definition changed since", mcp, mcpTool({ trustedHash: "sha256:then" }), false, true],
    ["new since the server was trusted", mcp, mcpTool({ trustedHash: null }), false, true],
    [
      "an admin's read-only mark counts without trust or hint",
      mcp,
      mcpTool({ readOnly: true, server: untrusted, trustedHash: null }, null),
      false,
      false,
    ],
    ["an admin's mutating mark counts against trust", mcp, mcpTool({ readOnly: false }), false, true],
    ["an author's mark counts against an admin's read-only mark", mcp, mcpTool({ readOnly: true }), true, true],
    ["there is no such tool", mcp, null, false, true],
    ["GET", use, httpTool("GET"), false, false],
    ["POST", use, httpTool("POST"), false, true],
    ["GET marked mutating by an admin", use, httpTool("GET", { readOnly: false }), false, true],
    ["GET marked by the author of the node", use, httpTool("GET"), true, true],
    ["a built-in tool", { kind: "builtin", name: "time.now" }, null, false, false],
    ["a built-in tool marked by the author", { kind: "builtin", name: "time.now" }, null, true, true],
    ["a built-in tool that does not exist", { kind: "builtin", name: "shell" }, null, false, true],
  ])("%s", (_what, source, tool, marked, mutating) => {
    const judged = judgeMutability(factsOfSource(source, tool, marked));
    expect(judged.mutating).toBe(mutating);
    expect(judged.why).not.toBe("");
  });

  test.each<ToolFacts>([{ kind: "missing" }, { kind: "unchecked" }, { kind: "provider" }])("%j", (facts) => {
    expect(judgeMutability(facts).mutating).toBe(true);
  });
});

test("a name finds only the tool of its own kind and server", () => {
  const tools = [mcpTool(), httpTool("GET", { id: "tool_2" })];
  expect(toolOf(mcp, tools)?.id).toBe("tool_1");
  expect(toolOf(use, tools)?.id).toBe("tool_2");
  expect(toolOf({ kind: "mcp", server: "other", tool: "read" }, tools)).toBeNull();
  expect(toolOf({ kind: "use", name: "nope" }, tools)).toBeNull();
});

test("every built-in tool says what it does and what it takes", () => {
  for (const tool of builtinTools) expect([tool.description !== "", tool.inputSchema.type]).toEqual([true, "object"]);
});

describe("the definitions that a server lists", () => {
  const tool = (change: JsonObject = {}) => ({ name: "a", inputSchema: { type: "object" }, ...change });

  test("have the same hash whatever the order of their keys and what is in _meta, and another for any other change", async () => {
    const hashOf = async (value: object) => (await readMcpDefinitions([value], "ws_a"))[0]?.hash;
    const hash = await hashOf(tool());
    expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await hashOf({ inputSchema: { type: "object" }, name: "a", _meta: { x: Math.random() } })).toBe(hash);
    const changes: JsonObject[] = [
      { description: "x" },
      { annotations: { readOnlyHint: true } },
      { inputSchema: { type: "object", x: 1 } },
      { title: "x" },
    ];
    for (const change of changes) expect(await hashOf(tool(change))).not.toBe(hash);
  });

  test("may speak of escapes", async () => {
    const described = tool({ description: String.raw`a \u0000 and \ud800` });
    expect(await readMcpDefinitions([described], "ws_a")).toHaveLength(1);
  });

  test.each<[string, unknown[]]>([
    ["no name", [{ inputSchema: {} }]],
    ["an empty name", [tool({ name: "" })]],
    ["a name twice", [tool(), tool()]],
    ["too many", Array.from({ length: maxMcpTools + 1 }, (_, n) => tool({ name: `t${n}` }))],
    ["one too large", [tool({ description: "x".repeat(300_000) })]],
    ["text that cannot be stored", [tool({ description: "a\u0000b" })]],
    ["a lone surrogate", [tool({ description: "\ud800" })]],
  ])("are refused with %s", async (_what, listed) => {
    await expect(readMcpDefinitions(listed, "ws_a")).rejects.toMatchObject({ code: "tool_failed" });
  });
});

describe("a tool's result", () => {
  const text = (value: string) => ({ type: "text" as const, text: value });
  const keep = (value: string) => value;
  test.each([
    ["structured content wins", { content: [text("x")], structuredContent: { a: 1 } }, { a: 1 }],
    ["text", { content: [text("plain")] }, "plain"],
    ["several texts", { content: [text("a"), text("b")] }, "a\nb"],
    ["JSON in text", { content: [text(' {"a": [1]}')] }, { a: [1] }],
    ["a number in text stays text", { content: [text("12")] }, "12"],
    ["broken JSON stays text", { content: [text("{a")] }, "{a"],
    ["nothing", { content: [] }, { content: [] }],
    [
      "an image",
      { content: [{ type: "image" as const, data: "aa", mimeType: "image/png" }] },
      { content: [{ type: "image", data: "aa", mimeType: "image/png" }] },
    ],
  ])("%s", (_what, result, output) => {
    expect(mcpOutput("x", result, keep)).toEqual(output);
  });

  test("that says it failed is a failure, with secrets blanked out before it is cut", () => {
    const long = `${"a".repeat(290)}secret-value`;
    const failure = () =>
      mcpOutput("x", { isError: true, content: [text(long)] }, (value) => value.replaceAll("secret-value", "[r]"));
    expect(failure).toThrow(expect.objectContaining({ code: "tool_failed", retryable: false }) as Error);
    expect(failure).not.toThrow("secret");
  });
});

test("the token behind a scheme is a secret of its own", () => {
  expect(secretsOfHeaders({ authorization: "Bearer abcdef", "x-key": "k v" })).toEqual([
    "Bearer abcdef",
    "abcdef",
    "k v",
  ]);
});
