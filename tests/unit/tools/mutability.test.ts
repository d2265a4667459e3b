import { expect, test } from "vitest";
import { judgeMutability, type ToolFacts } from "#/lib/tools/mutability.ts";

type Http = Extract<ToolFacts, { kind: "http" }>;
const http = (facts: Partial<Http>): Http => ({ kind: "http", method: "GET", url: "http://a.test/x", ...facts });

const httpCases: [Http, boolean, string][] = [
  [http({}), false, "GET is read-only"],
  [http({ method: "get" }), false, "GET is read-only"],
  [http({ method: "HEAD" }), false, "HEAD is read-only"],
  [http({ method: " options " }), false, "OPTIONS is read-only"],
  ...["POST", "PUT", "PATCH", "DELETE", "PROPFIND", "QUERY", "LINK", "PURGE", "", "GETX"].map(
    (method): [Http, boolean, string] => [http({ method }), true, `${method} is mutating`],
  ),
  [http({ method: "{{ args.method }}" }), true, "the method is only known when the call is made"],
  [http({ mutating: true }), true, "marked mutating by its author"],
  [http({ mutating: false }), false, "GET is read-only"],
  [http({ method: "POST", mutating: false }), true, "POST is mutating"],
  [http({ headers: { accept: "x", "x-trace": "y" }, query: { method: "POST" } }), false, "GET is read-only"],
  ...[
    "X-HTTP-Method-Override",
    "x-http-method-override",
    "X-HTTP-METHOD",
    "x-method-override",
    "X_Http_Method_Override",
    " X-HTTP-Method ",
  ].map((name): [Http, boolean, string] => [
    http({ headers: { [name]: "GET" } }),
    true,
    `GET with a method override (${name}) is mutating`,
  ]),
  ...[
    "?_method=DELETE",
    "?a=1&_method=x",
    "?_METHOD",
    "?%5Fmethod=PUT",
    "?a=1;_method=x",
    "?_method=x#y",
    "?{{ q }}&_method=a",
  ].map((query): [Http, boolean, string] => [
    http({ url: `http://a.test/x${query}` }),
    true,
    "GET with a method override (query",
  ]),
  [http({ url: "{{ env.BASE }}/x?_method=DELETE" }), true, "GET with a method override (query _method) is mutating"],
  [http({ url: "http://a.test/_method?x=_method#?_method=1" }), false, "GET is read-only"],
  [http({ query: { _method: "DELETE" } }), true, "GET with a method override (query _method) is mutating"],
  [http({ query: { "X-HTTP-Method-Override": "DELETE" } }), true, "GET with a method override (query"],
  [http({ body: { _method: "DELETE" } }), true, "GET with a method override (body _method) is mutating"],
  [http({ body: "a=1&_method=DELETE" }), true, "GET with a method override (body _method) is mutating"],
  [http({ body: ' {"_method":"DELETE"}' }), true, "GET with a method override (body _method) is mutating"],
  [http({ body: "{ not json" }), false, "GET is read-only"],
  [http({ body: ["_method"] }), false, "GET is read-only"],
];

test.each(httpCases)("%j → mutating %s", (tool, mutating, why) => {
  const verdict = judgeMutability(tool);
  expect(verdict.mutating).toBe(mutating);
  expect(verdict.why.startsWith(why)).toBe(true);
});

test("an MCP tool is read-only only by an admin's mark, or by trust, hint and an unchanged definition together", () => {
  for (const adminReadOnly of [false, true])
    for (const serverTrusted of [false, true])
      for (const readOnlyHint of [false, true, null])
        for (const trustedDefinitionHash of ["h1", "h0", null])
          for (const mutating of [undefined, false, true]) {
            const verdict = judgeMutability({
              kind: "mcp",
              adminReadOnly,
              serverTrusted,
              readOnlyHint,
              definitionHash: "h1",
              trustedDefinitionHash,
              mutating,
            });
            const proven = adminReadOnly || (serverTrusted && readOnlyHint === true && trustedDefinitionHash === "h1");
            expect(verdict.mutating).toBe(mutating === true || !proven);
            expect(verdict.why).toMatch(/^[a-z].{10,80}$/);
          }
});

test("built-in tools go by their own declaration, provider-hosted ones can never be intercepted", () => {
  expect(judgeMutability({ kind: "builtin", mutating: true }).mutating).toBe(true);
  expect(judgeMutability({ kind: "builtin", mutating: false }).mutating).toBe(false);
  expect(judgeMutability({ kind: "provider" })).toEqual({
    mutating: true,
    why: "runs at the provider and cannot be intercepted",
  });
});
