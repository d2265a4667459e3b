import { NextRequest } from "next/server";
import { describe, expect, test } from "vitest";
import { config, middleware } from "#/middleware.ts";

const visit = (path: string, cookie?: string) =>
  middleware(new NextRequest(`http://localhost:3000${path}`, cookie === undefined ? {} : { headers: { cookie } }));
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

  test.each(["/acme", "/acme/ai/runs/run_1", "/acme/monitoring/workflow-runs", "/apiary/x", "/account", "/invited/x"])(
    "it stands before %s",
    (path) => expect(isMatched(path)).toBe(true),
  );

  test.each([
    "/",
    "/api",
    "/api/v1/runs",
    "/api/auth/session",
    "/api/v1/otlp/v1/traces",
    "/login",
    "/invite/some-token",
    "/account/password/some-token",
    "/_next/static/x.js",
    "/icon.svg",
    "/favicon.ico",
  ])("it never touches %s", (path) => expect(isMatched(path)).toBe(false));

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
