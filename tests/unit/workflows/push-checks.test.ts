import { describe, expect, test } from "vitest";
import type { Json } from "#/lib/contract/json.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { credentialWarnings } from "#/lib/workflows/definition-warnings.ts";
import { parseDefinition } from "#/lib/workflows/parse-definition.ts";
import { payloadFields } from "#/lib/workflows/payload-fields.ts";
import { templateFaults } from "#/lib/workflows/template-faults.ts";

const parse = (nodes: object[], more: object = {}) => parseDefinition({ json: { name: "w", nodes, ...more } as Json });
const tool = (http: object) => ({ id: "t", type: "tool", http: { method: "GET", url: "https://a.test/", ...http } });
const faultsOf = (work: () => unknown) => {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof DomainError) return error.fields ?? [];
    throw error;
  }
};

describe("user info in an address is refused, with its path", () => {
  test.each([
    "https://ann:pw@a.test/",
    "https://ann@a.test/x",
    "https://:pw@a.test",
    "HTTP://ann:pw@a.test/",
    "https://ann:p@w@a.test/",
    "https://{{ env.USER }}:{{ env.PW }}@a.test/",
    "https://ann:{{ env.PW }}@a.test/x?y",
    "https://{{ env.USER }}@a.test",
    "https://ann:pw@{{ env.HOST }}/",
    "{{ 'https://ann:pw@a.test/' }}",
    "{{ env.SCHEME }}://ann:pw@a.test/",
  ])("%s", (url) => {
    const fault = (path: string) => expect.objectContaining({ path, message: expect.stringContaining("user info") });
    expect(faultsOf(() => parse([tool({ url })]))).toContainEqual(fault("nodes[0].http.url"));
    const tools = { shared: { http: { method: "GET", url } } };
    expect(faultsOf(() => parse([{ id: "a", type: "tool", tool: "shared" }], { tools }))).toContainEqual(
      fault("tools.shared.http.url"),
    );
    const read = { id: "r", type: "tool", builtin: "http.get", arguments: { url } };
    const inMap = { id: "m", type: "map", over: [1], as: "x", nodes: [read] };
    expect(faultsOf(() => parse([inMap]))).toContainEqual(fault("nodes[0].nodes[0].arguments.url"));
  });

  test.each([
    "https://a.test/@ann/x",
    "https://a.test/?mail=ann@b.test",
    "https://a.test/#a@b",
    "{{ env.BASE }}/users/{{ trigger.mail }}@b",
    "https://a.test/{{ trigger.mail }}",
    "{{ trigger.url }}",
    "https://{{ trigger.tenant }}.a.test/",
  ])("%s holds none", (url) => {
    expect(faultsOf(() => parse([tool({ url })]))).toEqual([]);
  });
});

describe("a literal credential is warned of", () => {
  test.each<[http: object, path: string]>([
    [{ headers: { Authorization: "Bearer abc" } }, "headers.Authorization"],
    [{ headers: { authorization: "Basic YTpi" } }, "headers.authorization"],
    [{ headers: { "X-Api-Key": "abc" } }, "headers.X-Api-Key"],
    [{ headers: { Cookie: "sid=1" } }, "headers.Cookie"],
    [{ headers: { "x-shop-token": "abc" } }, "headers.x-shop-token"],
    [{ headers: { "Proxy-Authorization": "abc" } }, "headers.Proxy-Authorization"],
    [{ headers: { "client-secret": "abc" } }, "headers.client-secret"],
    [{ headers: { Authorization: "{{ 'Bearer abc' }}" } }, "headers.Authorization"],
    [{ headers: { Authorization: "Bearer {{ 'a' + 'b' }}" } }, "headers.Authorization"],
    [{ url: "https://a.test/?api_key=abc" }, "url"],
    [{ url: "https://a.test/?a=1&token=abc#x" }, "url"],
    [{ query: { access_token: "abc" } }, "query.access_token"],
    [{ query: { key: ["abc"] } }, "query.key"],
  ])("%j", (http, path) => {
    const [warning, ...more] = credentialWarnings(parse([tool(http)]));
    expect(warning?.path).toBe(`nodes[0].http.${path}`);
    expect(warning?.message).toContain("env.NAME");
    expect(warning?.message).not.toContain("abc");
    expect(more).toEqual([]);
    const tools = { s: { http: { method: "GET", url: "https://a.test/", ...http } } };
    const shared = parse([{ id: "a", type: "tool", tool: "s" }], { tools });
    expect(credentialWarnings(shared).map((one) => one.path)).toEqual([`tools.s.http.${path}`]);
  });

  test.each<[http: object]>([
    [{ headers: { Authorization: "Bearer {{ env.TOKEN }}" } }],
    [{ headers: { Authorization: "{{ env.TOKEN }}" } }],
    [{ headers: { Authorization: "Bearer {{ trigger.token }}" } }],
    [{ headers: { Authorization: "" } }],
    [{ headers: { Accept: "text/html", "x-request-id": "abc", "idempotency-key": "k" } }],
    [{ url: "https://a.test/?api_key={{ env.KEY }}&page=2" }],
    [{ url: "https://a.test/?token=" }],
    [{ query: { api_key: "{{ env.KEY }}", page: "abc", cursor: "x" } }],
  ])("%j is fine", (http) => {
    expect(credentialWarnings(parse([tool(http)]))).toEqual([]);
  });

  test("expressions are compiled up to a length in all: beyond it one is taken to read a value", () => {
    const value = (at: number) => `{{ "${"a".repeat(4000)}${at}" }}`;
    const headers = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`x${at}-token`, value(at)]));
    const warned = credentialWarnings(parse([tool({ headers })]));
    expect(warned.length).toBeGreaterThan(0);
    expect(warned.length).toBeLessThan(10);
    const written = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`x${at}-token`, "abc"]));
    expect(credentialWarnings(parse([tool({ headers: { ...headers, ...written } })])).length).toBeGreaterThanOrEqual(
      50,
    );
  });

  test("a thousand addresses are looked at in time linear in their length", () => {
    const http = { method: "GET", url: `https://a.test/${"?".repeat(4000)}token=abc` } as const;
    const tools = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`t${index}`, { http }]));
    expect(credentialWarnings({ ...parse([tool({})]), tools })).toHaveLength(100);
  });
});

describe("prompt texts from elsewhere are checked at the nodes that use them", () => {
  const pinned = { artifact: "prompt_1", hash: `sha256:${"0".repeat(64)}` };
  const model = (id: string, needs: string[] = []) => ({
    ...{ id, type: "model", model: "anthropic:claude-haiku-4-5", prompt: pinned, needs },
  });
  const definition = parse([
    { id: "first", type: "transform", value: 1 },
    model("ask", ["first"]),
    { id: "m", type: "map", over: [1], as: "item", nodes: [model("inner")] },
    { id: "last", type: "transform", value: 1 },
  ]);
  test.each<[node: string, text: string, kind: "broken" | "missing" | null, path: string]>([
    ["ask", "Hi {{ trigger.x }} {{ nodes.first.output }} {{ env.A }} {{ run.id }}", null, ""],
    ["ask", "Hi {{ name }", "broken", "nodes[1].prompt"],
    ["ask", '{{"a": 1}}', "broken", "nodes[1].prompt"],
    ["ask", "{{ name }}", "missing", "nodes[1].prompt"],
    ["ask", "{{ nodes.nope.output }}", "missing", "nodes[1].prompt"],
    ["ask", "{{ nodes.last.output }}", "missing", "nodes[1].prompt"],
    ["ask", "{{ item }}", "missing", "nodes[1].prompt"],
    ["inner", "{{ item }}", null, ""],
    ["inner", "{{ item", "broken", "nodes[2].nodes[0].prompt"],
    ["inner", "{{ other }}", "missing", "nodes[2].nodes[0].prompt"],
  ])("%s: %s", (node, text, kind, path) => {
    const { broken, missing } = templateFaults(definition, new Map([[node, text]]));
    expect({ broken: broken.map((one) => one.path), missing: missing.map((one) => one.path) }).toEqual({
      broken: kind === "broken" ? [path] : [],
      missing: kind === "missing" ? [path] : [],
    });
    if (kind === "broken") expect(broken[0]?.message).toMatch(/line 1, column \d+: .*\\\{\{/);
  });
});

test.each<[string, string[]]>([
  ["{{ trigger.a }}", ["a"]],
  ['{{ trigger["a b"] }}', ["a b"]],
  ["{{ trigger.a.b.c }}", ["a"]],
  ["{{ has(trigger.a) }}", []],
  ["{{ has(trigger.a) ? trigger.a : trigger.b }}", ["b"]],
  ["{{ has(trigger.a.b) ? trigger.a.b : 1 }}", []],
  ["{{ trigger }}", []],
  ["{{ trigger[env.K] }}", []],
  ["{{ [1].map(trigger, trigger.a) }}", []],
  ["{{ trigger.a + trigger.b }} {{ trigger.a }}", ["a", "b"]],
  ["\\{{ trigger.a }}", []],
  ["{{ nodes.trigger.a }}", []],
])("fields that %s needs of the payload", (value, fields) => {
  const node = { id: "x", type: "transform", value } as const;
  const definition = { name: "w", nodes: [node] };
  expect(payloadFields(definition as never, node)).toEqual(fields);
});
