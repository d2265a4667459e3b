import { expect, test } from "vitest";
import { operation } from "#/lib/api/operation.ts";
import { apiServer } from "#/lib/api/serve-api.ts";

const serve = apiServer([
  operation({
    method: "POST",
    path: "/things",
    id: "makeThing",
    tag: "Things",
    summary: "Make a thing",
    action: "run:trigger",
    answers: { 204: null },
    handle: async () => ({ status: 204 }),
  }),
]);
const ask = (method: string, path: string, headers: Record<string, string>) =>
  serve(new Request(`http://reprise.test/api/v1${path}`, { method, headers }));
const corsOf = (response: Response) => [...response.headers].filter(([name]) => name.startsWith("access-control-"));

const origin = "https://dashboard.example";
const authorization = "Bearer rp_live_x";

test.each(["/things", "/nowhere"])("a page of any origin may ask to send a key to %s", async (path) => {
  for (const wanted of ["authorization", "Authorization,Content-Type", "accept, authorization, idempotency-key"]) {
    const headers = { origin, "access-control-request-method": "POST", "access-control-request-headers": wanted };
    const response = await ask("OPTIONS", path, headers);
    expect([response.status, await response.text()]).toEqual([204, ""]);
    expect(Object.fromEntries(corsOf(response))).toEqual({
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
      "access-control-allow-headers": "Authorization, *",
      "access-control-max-age": "7200",
    });
  }
});

test("a page that would send no key gets no leave to ask", async () => {
  for (const headers of [
    { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type" },
    { origin, "access-control-request-method": "DELETE" },
    { origin, "access-control-request-headers": "x-authorization, not-authorization" },
    { "access-control-request-headers": "authorization" },
  ] as Record<string, string>[]) {
    const response = await ask("OPTIONS", "/things", headers);
    expect([response.status, response.headers.get("allow"), corsOf(response)]).toEqual([204, "POST", []]);
  }
});

test("answers to a request with a key can be read by any page, with what clients need of the headers", async () => {
  for (const [method, path, status] of [
    ["GET", "/things", 405],
    ["GET", "/nowhere", 404],
  ] as const) {
    const response = await ask(method, path, { origin, authorization });
    expect([path, response.status]).toEqual([path, status]);
    const headers = Object.fromEntries(corsOf(response));
    expect(headers["access-control-allow-origin"]).toBe("*");
    expect(headers["access-control-allow-credentials"]).toBeUndefined();
    const exposed = headers["access-control-expose-headers"]?.toLowerCase().split(", ") ?? [];
    for (const name of ["request-id", "retry-after", "x-should-retry", "location"]) expect(exposed).toContain(name);
  }
});

test("answers to a session's request, or to nobody's, cannot", async () => {
  for (const headers of [
    { origin, cookie: "next-auth.session-token=x" },
    { origin, cookie: "next-auth.session-token=x", "x-authorization": "Bearer x" },
    { origin },
    { origin: "null" },
    {},
  ] as Record<string, string>[])
    for (const [method, path] of [
      ["GET", "/things"],
      ["GET", "/nowhere"],
      ["OPTIONS", "/things"],
    ] as const)
      expect(corsOf(await ask(method, path, headers))).toEqual([]);
});
