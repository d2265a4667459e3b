import { NextRequest } from "next/server";
import { describe, expect, test } from "vitest";
import { config, middleware } from "#/middleware.ts";

const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  middleware(
    new NextRequest(`http://localhost:3000${path}`, { method, headers: { host: "localhost:3000", ...headers } }),
  );
const visit = (path: string, cookie?: string) => ask(path, cookie === undefined ? {} : { cookie });
/** Next anchors a matcher's pattern. */
const isMatched = (path: string) => config.matcher.some((pattern) => new RegExp(`^${pattern}$`).test(path));

describe("the middleware", () => {
  test("without a session cookie, a page leads to the sign-in page and back", () => {
    const response = visit("/acme/ai/runs/run_1?span=span_1", "theme=dark");
    const location = new URL(response.headers.get("location") ?? "");
    expect([response.status, location.pathname]).toEqual([307, "/login"]);
    expect(location.searchParams.get("callbackUrl")).toBe("/acme/ai/runs/run_1?span=span_1");
  });

  test.each([
    "next-auth.session-token=x",
    "__Secure-next-auth.session-token=x",
    "next-auth.session-token.0=x; next-auth.session-token.1=y",
  ])("with %s it lets the page decide", (cookie) =>
    expect(visit("/acme/monitoring/workflow-runs", cookie).headers.get("location")).toBeNull(),
  );

  test.each([
    ...["/", "/acme", "/acme/ai/runs/run_1", "/apiary/x", "/account", "/invited/x", "/login", "/invite/some-token"],
    ...["/account/password/some-token", "/favicon.ico"],
  ])("it stands before %s", (path) => expect(isMatched(path)).toBe(true));

  test.each(["/api", "/api/v1/runs", "/api/auth/session", "/api/v1/otlp/v1/traces", "/_next/static/x.js"])(
    "it never touches %s, whose bodies it would cut off",
    (path) => expect(isMatched(path)).toBe(false),
  );

  test.each(["/", "/login", "/invite/some-token", "/account/password/some-token", "/icon.svg"])(
    "%s needs no session",
    (path) => expect(visit(path).headers.get("location")).toBeNull(),
  );

  test("it gives every request a nonce of its own, and Next the same one", () => {
    const [first, second] = [visit("/login"), visit("/login")].map(({ headers }) => ({
      sent: headers.get("content-security-policy"),
      given: headers.get("x-middleware-request-content-security-policy"),
      nonce: headers.get("x-middleware-request-x-nonce") ?? "",
    }));
    expect(first?.nonce).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    expect(first?.sent).toContain(`'nonce-${first?.nonce}'`);
    expect(first?.given).toBe(first?.sent);
    expect(second?.nonce).not.toBe(first?.nonce);
  });

  test.each([
    [1024 * 1024, 200],
    [1024 * 1024 + 1, 413],
    [80 * 1024 * 1024, 413],
  ])("%i bytes that are announced to a page: %i", (length, status) => {
    const headers = { origin: "http://localhost:3000", "content-length": String(length) };
    for (const path of ["/login", "/acme"]) expect(ask(path, headers, "POST").status).toBe(status);
  });

  test.each([["/login"], ["/acme"], ["/%FF"]])("%s has a policy, whatever its answer is", (path) =>
    expect(visit(path).headers.get("content-security-policy")).toContain("frame-ancestors 'none'"),
  );

  test.each<Record<string, string>>([
    ...[{}, { origin: "null" }, { origin: "https://evil.example" }, { origin: "http://localhost:3001" }],
  ])("what another page than ours would change is refused: %j", (headers) => {
    const cookie = "next-auth.session-token=x";
    expect(ask("/acme", { cookie, "next-action": "x", ...headers }, "POST").status).toBe(403);
    expect(ask("/acme", { cookie, ...headers }, "GET").status).toBe(200);
    expect(ask("/api/v1/models/a%3Ab", headers, "PATCH").status).toBe(200);
  });

  test("our own page is let through", () =>
    expect(ask("/login", { origin: "http://localhost:3000" }, "POST").status).toBe(200));

  test.each(["/%FF", "/acme/ai/runs/%ED%A0%80", "/login/%C3", "/api/v1/runs/%FF"])(
    "it refuses %s, which no page or route could read",
    async (path) => {
      expect(isMatched(path)).toBe(true);
      const response = visit(path, "next-auth.session-token=x");
      expect(response.status).toBe(400);
      if (path.startsWith("/api/")) expect(response.headers.get("content-type")).toBe("application/problem+json");
    },
  );

  test("it lets an escape that can be read pass, on pages with a session and on the API", () => {
    for (const path of ["/acme/ai/runs/a%20b", "/api/v1/models/anthropic%3Ax"])
      expect(visit(path, path.startsWith("/api/") ? undefined : "next-auth.session-token=x").status).toBe(200);
  });
});
