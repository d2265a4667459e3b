import { describe, expect, test } from "vitest";
import { emptyHttpTool, judgementOf, readHttpTool } from "#/components/tools/http-tool-draft.ts";

const draft = { ...emptyHttpTool, name: "orders", url: "https://example.com/orders" };

describe("an HTTP tool as it stands in the form", () => {
  test("is sent without what is empty", () => {
    expect(readHttpTool(draft)).toEqual({
      request: { name: "orders", http: { method: "GET", url: "https://example.com/orders" } },
      faults: {},
    });
  });

  test("is sent with all that is filled in", () => {
    const { request, faults } = readHttpTool({
      ...draft,
      ...{
        method: "POST",
        description: " Books ",
        headers: "Authorization: Bearer {{ env.T }}",
        query: "a: {{ args.a }}",
      },
      ...{ body: '{ "n": [1] }', input: '{ "type": "object" }', isMutating: true },
    });
    expect(faults).toEqual({});
    expect(request).toEqual({
      ...{ name: "orders", description: "Books", input: { type: "object" }, mutating: true },
      http: {
        ...{ method: "POST", url: "https://example.com/orders", body: { n: [1] } },
        ...{ headers: { Authorization: "Bearer {{ env.T }}" }, query: { a: "{{ args.a }}" } },
      },
    });
  });

  test.each([
    ["{{ args }}", "{{ args }}"],
    ["plain text", "plain text"],
    ["[1, 2]", [1, 2]],
    ['"quoted"', "quoted"],
    [" a=1&b=2\n", " a=1&b=2\n"],
  ])("sends the body %j as %j", (text, body) => {
    expect(readHttpTool({ ...draft, body: text }).request.http).toMatchObject({ body });
  });

  test.each([
    ["headers", "no header"],
    ["query", "no parameter"],
    ["body", '{ "a": {{ args.a }} }'],
    ["body", "[1,"],
    ["input", "{"],
    ["input", "[]"],
    ["input", "null"],
  ] as const)("finds fault with %s: %j, at that field alone", (field, text) => {
    expect(Object.keys(readHttpTool({ ...draft, [field]: text }).faults)).toEqual([field]);
  });

  test.each([
    [{}, false, "GET is read-only"],
    [{ method: "POST" }, true, "POST is mutating"],
    [{ isMutating: true }, true, "marked mutating by its author"],
    [{ headers: "X-HTTP-Method-Override: DELETE" }, true, /override/],
    [{ query: "_method: delete" }, true, /override/],
  ])("is judged as its calls will be: %j", (part, mutating, why) => {
    const judged = judgementOf({ ...draft, ...part });
    expect(judged.mutating).toBe(mutating);
    expect(judged.why).toMatch(why);
  });
});
