import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bareCsp, everywhere } from "#/lib/api/security-headers.ts";
import type { BackgroundProcess } from "#/lib/launcher/background-process.ts";
import { onFreePort } from "#/lib/launcher/free-port.ts";
import { repository } from "#/lib/launcher/paths.ts";
import { startWeb, webIsReady } from "#/lib/launcher/stack.ts";
import { generations, mcpClient, postMcp } from "#/tests/support/mcp-clients.ts";
import { startStack, type Stack } from "#/tests/support/processes.ts";
import { cookieHeader, signIn } from "#/tests/support/sign-in.ts";
import { stackTenants, type StackTenant } from "#/tests/support/stack-tenants.ts";

let stack: Stack;
let tenant: StackTenant;
/** Over http, and over https behind a proxy: the same installation with another address. */
let plain: string;
let behindTls: string;
let tlsWeb: BackgroundProcess;
let cookie: string;
const logDirectory = mkdtempSync(join(tmpdir(), "reprise-tls-"));
beforeAll(async () => {
  stack = await startStack({ webs: 1, workers: 0 });
  [tenant] = await stackTenants(stack);
  plain = stack.baseUrls[0] ?? "";
  behindTls = await onFreePort(3_300, async (port) => {
    tlsWeb = startWeb(port, { logDirectory, env: { ...stack.env, NEXTAUTH_URL: "https://reprise.test" } }, "tls");
    await webIsReady(tlsWeb, `http://localhost:${port}`);
    return `http://localhost:${port}`;
  });
  cookie = cookieHeader(await signIn(plain, login()));
});
afterAll(async () => {
  await tlsWeb?.stop(5_000);
  await stack?.stop();
  rmSync(logDirectory, { recursive: true, force: true });
});

function login() {
  const member = tenant.members.find(({ role }) => role === "admin");
  if (!member) throw new Error("the fixture has no admin");
  return member;
}
const get = (path: string, headers: Record<string, string> = {}, base = plain) =>
  fetch(`${base}${path}`, { headers, redirect: "manual" });
const nonceOf = (policy: string | null) => /'nonce-([A-Za-z0-9+/=]{22,})'/.exec(policy ?? "")?.[1] ?? "";

/** Each with whether it is asked with a session. `{slug}` is the workspace's. */
const pages: [path: string, signedIn: boolean, status: number][] = [
  ["/login", false, 200],
  ["/login?error=CredentialsSignin", false, 200],
  ["/", false, 307],
  ["/", true, 307],
  ["/{slug}/workflows", false, 307],
  ["/{slug}/workflows", true, 200],
  ["/{slug}/monitoring/workflow-runs", true, 200],
  ["/{slug}/monitoring/replay-batches", true, 200],
  ["/{slug}/monitoring/replay-batches/batch_0", true, 404],
  ["/{slug}/members", true, 200],
  ["/{slug}/workflows/nowhere", true, 404],
  ["/nowhere/workflows", true, 404],
  ["/{slug}/no/such/page", true, 404],
  ["/invite/no-such-token", false, 404],
  ["/account/password/no-such-token", false, 404],
  ["/account", true, 200],
  ["/nothing/here.txt", true, 404],
];
const answers: [path: string, status: number][] = [
  ["/api/mcp", 405],
  ["/api/v1/runs", 401],
  ["/api/v1/nowhere", 404],
  ["/api/nowhere", 404],
  ["/api/openapi.json", 200],
  ["/api/health/live", 200],
  ["/api/auth/csrf", 200],
  ["/api/auth/session", 200],
  ["/api/v1/runs/%FF", 400],
  ["/_next/nowhere", 404],
];

describe("a page", () => {
  test.each(pages)("%s (signed in: %s) runs nothing but its own scripts", async (template, signedIn, status) => {
    const path = template.replace("{slug}", tenant.slug);
    const response = await get(path, signedIn ? { cookie } : {});
    expect(response.status).toBe(status);
    const policy = response.headers.get("content-security-policy");
    const nonce = nonceOf(policy);
    const directives = new Map((policy ?? "").split("; ").map((each) => each.split(/ (.*)/s) as [string, string]));
    expect(directives.get("script-src")).toBe(`'nonce-${nonce}' 'strict-dynamic'`);
    for (const name of ["default-src", "object-src", "base-uri", "frame-ancestors", "script-src-attr"])
      expect(directives.get(name)).toBe("'none'");
    for (const name of ["form-action", "connect-src"]) expect(directives.get(name)).toBe("'self'");
    expect(policy).not.toMatch(/unsafe-eval|\*|https?:/);
    expect([...directives].filter(([, value]) => value.includes("unsafe-inline")).map(([name]) => name)).toEqual([
      "style-src-attr",
    ]);
    const html = await response.text();
    for (const [tag] of html.matchAll(/<(?:script|style)\b[^>]*>/g)) expect(tag).toContain(`nonce="${nonce}"`);
    expect(html).not.toMatch(/<[a-z][^>]*\son[a-z]+=/i);
    const again = await get(path, signedIn ? { cookie } : {});
    expect(nonceOf(again.headers.get("content-security-policy"))).not.toBe(nonce);
  });

  test("a nonce or policy that a client sends is not used", async () => {
    const sent = { "x-nonce": "AAAAAAAAAAAAAAAAAAAAAAAA", "content-security-policy": "script-src 'nonce-AAAAAAAA'" };
    const html = await (await get("/login", sent)).text();
    expect(html).not.toContain("AAAAAAAA");
  });

  test("no page is made when the product is built: it could have no nonce", () => {
    const made = readFileSync(join(repository, ".next/prerender-manifest.json"), "utf8");
    const { routes } = JSON.parse(made) as { routes: Record<string, unknown> };
    expect(Object.keys(routes).filter((path) => !/^\/(_global-error|icon\.svg)$/.test(path))).toEqual([]);
  });
});

describe("every answer", () => {
  test.each([
    ...pages.map(([path, , status]) => [path, status] as const),
    ...answers,
    ["/api/v1/audit-events/export?workspace={slug}", 200],
  ] as const)("%s carries the headers that all carry, each once", async (template) => {
    const response = await get(template.replace("{slug}", tenant.slug), { cookie });
    for (const [name, value] of Object.entries(everywhere))
      expect(`${name}: ${response.headers.get(name)}`).toBe(`${name}: ${value}`);
    expect(response.headers.get("x-powered-by")).toBeNull();
    expect(response.headers.get("strict-transport-security")).toBeNull();
  });

  test.each(answers)("%s is no page: whatever it holds, nothing is loaded or run", async (path, status) => {
    const response = await get(path);
    expect([response.status, response.headers.get("content-security-policy")]).toEqual([status, bareCsp]);
  });

  const underApi = answers.map(([path]) => path).filter((path) => path.startsWith("/api/"));
  test.each([...underApi, "/api/health/ready", "/api/metrics", "/api/v1/runs/", "/api/v1/nowhere/"])(
    "%s has a request id, to whatever method",
    async (path) => {
      for (const method of ["GET", "HEAD", "OPTIONS"]) {
        const { headers } = await fetch(`${plain}${path}`, { method, redirect: "manual" });
        expect(`${method} ${headers.get("request-id")}`).toMatch(/^[A-Z]+ req_\w+$/);
      }
    },
  );

  test.each(["/login", "/", "/x/workflows", "/api/v1/runs", "/api/v1/nowhere"])(
    "%s tells browsers to stay on https, where that is how they came",
    async (path) =>
      expect((await get(path, {}, behindTls)).headers.get("strict-transport-security")).toMatch(/^max-age=\d{8}/),
  );

  test("what somebody is signed in for is kept by no cache", async () => {
    const authorization = `Bearer ${tenant.apiKeys.find(({ scopes }) => scopes.length > 1)?.secret}`;
    for (const [path, headers] of [
      ["/api/v1/runs", { authorization }],
      [`/api/v1/runs?workspace=${tenant.slug}`, { cookie }],
      ["/api/v1/runs/run_nowhere", { authorization }],
      ["/api/auth/session", { cookie }],
      [`/${tenant.slug}/workflows`, { cookie }],
      [`/api/v1/audit-events/export?workspace=${tenant.slug}&format=json`, { cookie }],
    ] as const)
      expect(`${path} ${(await get(path, headers)).headers.get("cache-control")}`).toContain("no-store");
  });
});

test("signing in takes a small form and nothing else, and nobody writes into the log", async () => {
  const form = "application/x-www-form-urlencoded";
  const big = new Uint8Array(512 * 1024).fill(97);
  for (const [path, type, body, status] of [
    ["callback/credentials", form, big, 413],
    ["callback/credentials", "application/json", "{", 415],
    ["_log", form, "code=x&level=error", 404],
    ["%5Flog", form, "code=x&level=error", 404],
  ] as const) {
    const sent = { method: "POST", headers: { "content-type": type }, body };
    expect(`${path} ${(await fetch(`${plain}/api/auth/${path}`, sent)).status}`).toBe(`${path} ${status}`);
  }
});

describe("cookies", () => {
  async function cookiesSetAt(base: string): Promise<string[]> {
    const asked = await get("/api/auth/csrf", {}, base);
    const { csrfToken } = (await asked.json()) as { csrfToken: string };
    const first = asked.headers.getSetCookie();
    const answer = await fetch(`${base}/api/auth/callback/credentials`, {
      method: "POST",
      redirect: "manual",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        cookie: first.map((each) => each.split(";")[0]).join("; "),
        origin: base,
      },
      body: new URLSearchParams({ email: login().email, password: login().password, csrfToken, json: "true" }),
    });
    return [...first, ...answer.headers.getSetCookie()];
  }

  test("no script reads them, no other site's form sends them, and what they hold is sealed", async () => {
    const set = await cookiesSetAt(plain);
    expect(set.some((each) => each.startsWith("next-auth.session-token="))).toBe(true);
    for (const each of set) {
      expect(each).toMatch(/; HttpOnly/i);
      expect(each).toMatch(/; SameSite=(Lax|Strict)/i);
      expect(each).toMatch(/; Path=\/(;|$)/i);
      expect(each).not.toMatch(/; Domain=/i);
      expect(decodeURIComponent(each)).not.toContain(login().email);
    }
    const session = set.find((each) => each.startsWith("next-auth.session-token=")) ?? "";
    expect(Buffer.from(session.split(/[=.]/)[2] ?? "", "base64url").toString()).toContain('"enc"');
  });

  test("over https they are sent over nothing else, and no other host can have set them", async () => {
    const set = await cookiesSetAt(behindTls);
    expect(set.some((each) => each.startsWith("__Secure-next-auth.session-token="))).toBe(true);
    for (const each of set) {
      expect(each).toMatch(/^__(Secure|Host)-/);
      expect(each).toMatch(/; Secure/i);
      expect(each).toMatch(/; HttpOnly/i);
    }
  });
});

const evil = "https://evil.example";
const foreign: [name: string, headers: Record<string, string>][] = [
  ["no Origin", {}],
  ["Origin: null", { origin: "null" }],
  ["another site's", { origin: evil }],
  ["another port's", { origin: "http://localhost:1" }],
  ["another site's that forges X-Forwarded-Host", { origin: evil, "x-forwarded-host": "evil.example" }],
];

describe("what a session changes, it changes from our own pages", () => {
  test("each server action of the build answers 403 to any other Origin", async () => {
    type Manifest = { node: Record<string, { exportedName: string; workers: Record<string, unknown> }> };
    const file = join(repository, ".next/server/server-reference-manifest.json");
    const actions = Object.entries((JSON.parse(readFileSync(file, "utf8")) as Manifest).node);
    expect(actions.length).toBeGreaterThan(30);
    for (const [id, { exportedName, workers }] of actions) {
      const page = (Object.keys(workers)[0] ?? "")
        .replace(/^app|\/page$|\/\(\w+\)/g, "")
        .replace("[workspaceSlug]", tenant.slug)
        .replace(/\[\w+\]/g, "nowhere");
      const call = (headers: Record<string, string>, body = JSON.stringify([{ workspaceSlug: tenant.slug }])) =>
        fetch(`${plain}${page}`, {
          method: "POST",
          headers: { cookie, accept: "text/x-component", "next-action": id, "content-type": "text/plain", ...headers },
          body,
          redirect: "manual",
        });
      for (const [name, headers] of foreign)
        expect(`${exportedName}, ${name}: ${(await call(headers)).status}`).toBe(`${exportedName}, ${name}: 403`);
      const own = await call({ origin: plain }, JSON.stringify([{ workspaceSlug: tenant.slug, unknown: true }]));
      const text = await own.text();
      // Our own page is heard; what it says here is not what the action takes.
      const isHeard = own.status >= 400 && own.status < 500 && !text.includes("does not come from a page");
      expect({ exportedName, status: own.status, isHeard }).toMatchObject({ exportedName, isHeard: true });
    }
  });

  test("a form that calls an action without scripts is one too", async () => {
    for (const [, headers] of foreign) {
      const body = new FormData();
      body.set("$ACTION_ID_x", "");
      const { status } = await fetch(`${plain}/${tenant.slug}/members`, {
        ...{ method: "POST", body, headers: { cookie, ...headers } },
      });
      expect(status).toBe(403);
    }
  });

  test("each operation of the API that changes something does too, and asks an API key for no Origin", async () => {
    type Document = { paths: Record<string, Record<string, unknown>> };
    const { paths } = (await (await get("/api/openapi.json")).json()) as Document;
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => ["post", "put", "patch", "delete"].includes(method))
        .map((method) => ({ method: method.toUpperCase(), path: path.replace(/\{\w+\}/g, "nowhere") })),
    );
    expect(operations.length).toBeGreaterThan(25);
    const authorization = `Bearer ${tenant.apiKeys.find(({ scopes }) => scopes.length > 1)?.secret}`;
    for (const { method, path } of operations) {
      const address = `${plain}${path.startsWith("/api/") ? path : `/api/v1${path}`}`;
      const json = method === "DELETE" ? {} : { body: "{}", headers: { "content-type": "application/json" } };
      for (const [name, headers] of foreign) {
        const response = await fetch(`${address}?workspace=${tenant.slug}`, {
          ...{ method, ...json, headers: { ...json.headers, cookie, ...headers } },
        });
        const { code, detail } = (await response.json()) as { code: string; detail: string };
        expect(`${method} ${path}, ${name}: ${response.status} ${code} ${detail}`).toBe(
          `${method} ${path}, ${name}: 403 forbidden This request does not come from a page of this site.`,
        );
      }
      const keyed = await fetch(address, { method, ...json, headers: { ...json.headers, authorization } });
      expect(`${method} ${path} ${await keyed.text()}`).not.toContain("does not come from a page");
      expect(keyed.status).not.toBe(401);
    }
  });
});

test("the MCP server of the built web speaks with the clients of both generations, and with no other site's page", async () => {
  const key = tenant.apiKeys.find(({ scopes }) => scopes.length > 1)?.secret ?? "";
  for (const generation of generations) {
    const client = await mcpClient(plain, key, generation);
    const { structuredContent } = await client.callTool("list_models", { limit: 1 });
    expect(structuredContent).toMatchObject({ data: [expect.anything()], hasMore: true });
    await client.close();
  }
  const message = { jsonrpc: "2.0", id: 1, method: "tools/list" };
  expect((await postMcp(plain, key, message, { origin: "https://evil.example" })).status).toBe(403);
  expect((await postMcp(plain, key, message, { origin: plain })).status).toBe(200);
  expect((await postMcp(plain, null, message, { cookie })).status).toBe(401);
});
