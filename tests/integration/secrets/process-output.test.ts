import { globSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scopes } from "#/lib/contract/access.ts";
import { freePort } from "#/lib/launcher/free-port.ts";
import { httpApi, type HttpApi } from "#/tests/support/http-api.ts";
import { startStack, type Stack } from "#/tests/support/processes.ts";
import { cliInHome } from "#/tests/support/run-cli.ts";
import { cookieHeader, signIn } from "#/tests/support/sign-in.ts";
import { stackTenants, type StackTenant } from "#/tests/support/stack-tenants.ts";

/** What stands in every secret of this test that can be chosen; those that are made are remembered as they are. */
const mark = "SENTINEL";
const metricsToken = `${mark}-metrics-0123456789`;
/** The installation's own secrets, as its operator gives them. */
const installation = {
  NEXTAUTH_SECRET: `${mark}-nextauth-0123456789-0123456789`,
  REPRISE_MASTER_KEYS: `k1:${Buffer.from(`${mark}-master-key-of-32-bytes-....`.padEnd(32, ".").slice(0, 32)).toString("base64")}`,
  ANTHROPIC_API_KEY: `sk-ant-${mark}-0123456789`,
  OPENAI_API_KEY: `sk-${mark}-0123456789`,
  GITHUB_ID: "github-app",
  GITHUB_SECRET: `${mark}-github`,
  OIDC_ISSUER: "http://127.0.0.1:9/",
  OIDC_CLIENT_ID: "oidc-app",
  OIDC_CLIENT_SECRET: `${mark}-oidc`,
  REPRISE_METRICS_TOKEN: metricsToken,
  REPRISE_LOG_LEVEL: "trace",
};

let stack: Stack;
let tenant: StackTenant;
let base: string;
let workerUrl: string;
let secret: string;
/** Secrets that the product made, and the key as configured. */
const made = new Set<string>();
/** What clients got, apart from the one answer that shows a secret to who asked for it. */
const answers: string[] = [];

beforeAll(async () => {
  const port = await freePort(9_460);
  workerUrl = `http://127.0.0.1:${port}`;
  stack = await startStack({ env: { ...installation, REPRISE_WORKER_PORT: String(port) } });
  base = stack.baseUrls[0] ?? "";
  [tenant] = await stackTenants(stack);
  for (const key of tenant.apiKeys) made.add(key.secret);
  for (const member of tenant.members) made.add(member.password);
  made.add(installation.REPRISE_MASTER_KEYS.slice(3));
  made.add(new URL(stack.env["DATABASE_URL"] ?? "").href);
  secret = tenant.apiKeys.find((key) => key.scopes.length === scopes.length)?.secret ?? "";
}, 240_000);
afterAll(() => stack?.stop());

const api = (key = secret): HttpApi => httpApi(base, key);

async function heard(method: string, path: string, body?: object, key = secret, headers: Record<string, string> = {}) {
  const answer = await api(key).call(method, path, { ...(body ? { body } : {}), headers });
  answers.push(`${method} ${path} ${answer.text} ${JSON.stringify([...answer.headers])}`);
  return answer;
}

async function accounts(): Promise<void> {
  const [member, other] = tenant.members;
  if (!member || !other) throw new Error("two members");
  await expect(signIn(base, { email: member.email, password: `${mark}-wrong` })).rejects.toThrow("without a session");
  await expect(signIn(base, { email: `${mark}@example.com`, password: `${mark}-wrong` })).rejects.toThrow(
    "without a session",
  );
  const jar = await signIn(base, tenant.members.find(({ role }) => role === "owner") ?? member);
  for (const value of jar.values()) if (value.length > 40) made.add(value);
  const cookie = cookieHeader(jar);
  for (const path of ["", "/api-keys", "/members", "/variables", "/models", "/audit-log"])
    answers.push(await (await fetch(`${base}/${tenant.slug}${path}`, { headers: { cookie } })).text());
  const exported = `${base}/api/v1/audit-events/export?format=json&workspace=${tenant.slug}`;
  answers.push(await (await fetch(exported, { headers: { cookie } })).text());
  answers.push(await (await fetch(`${base}/api/auth/session`, { headers: { cookie } })).text());
  answers.push(await (await fetch(`${base}/api/auth/providers`)).text());
  for (const provider of ["github", "oidc"]) {
    const path = `${base}/api/auth/callback/${provider}?code=${mark}-code&state=${mark}-state`;
    await fetch(path, { redirect: "manual" });
  }
  // What is shown once, to who asked.
  const key = await api().call("POST", "/api-keys", { body: { name: "x", scopes: ["runs:read"] } });
  made.add(key.body.secret as string);
  const invitation = await api().call("POST", "/invitations", { body: { email: "new@example.com", role: "viewer" } });
  const token = (invitation.body.url as string).split("/").at(-1) ?? "";
  made.add(token);
  await fetch(`${base}/invite/${token}`);
  await fetch(`${base}/account/password/${mark}-token`);
}

async function wrongRequests(): Promise<void> {
  await heard("GET", "/runs", undefined, `rp_live_${mark}`);
  await heard("GET", "/runs", undefined, secret, { authorization: `Basic ${mark}` });
  await heard("POST", "/api-keys", { name: "x", scopes: [mark], secret: mark });
  await heard("PUT", "/providers/acme", { apiKey: `${mark} with space` });
  await heard("PUT", "/environments/production/variables", {
    variables: { A: { value: { [mark]: 1 }, secret: true } },
  });
  await api().call("POST", "/workflows", { raw: `{"slug": "${mark}` });
  await heard("POST", "/mcp-servers", {
    name: "gone",
    url: "http://127.0.0.1:9/mcp",
    headers: { authorization: mark },
  });
}

/** A workflow that puts secrets wherever it can, its calls refused, failed and answered. */
async function runs(): Promise<string[]> {
  const variables = { TOKEN: { value: `${mark}-token-0123456789`, secret: true } };
  await heard("PUT", "/environments/production/variables", { variables });
  await heard("PUT", "/providers/acme", { apiKey: `${mark}-provider-key`, baseUrl: `${stack.providerUrl}/v1` });
  await heard("POST", "/models", { id: "m", provider: "acme" });
  const call = (url: string) => ({
    method: "POST",
    url,
    headers: { authorization: "Bearer {{ env.TOKEN }}" },
    body: { token: "{{ env.TOKEN }}" },
  });
  const nodes: Record<string, object> = {
    answered: { type: "tool", http: call(`${stack.ordersUrl}/orders/1042/{{ env.TOKEN }}`) },
    refused: { type: "tool", http: call("http://10.0.0.1/{{ env.TOKEN }}") },
    nowhere: { type: "tool", http: call("http://{{ env.TOKEN }}.invalid/") },
    model: { type: "model", model: "acme:m", prompt: { text: "say {{ env.TOKEN }}" }, retry: { maxAttempts: 1 } },
    known: { type: "model", model: "anthropic:claude-haiku-4-5", prompt: { text: "say {{ env.TOKEN }}" } },
    expression: { type: "transform", value: "{{ int(env.TOKEN) }}" },
  };
  const ids: string[] = [];
  for (const [slug, node] of Object.entries(nodes)) {
    const definition = { name: slug, nodes: [{ id: "x", ...node }], output: "{{ nodes.x.output }}" };
    expect([slug, (await heard("POST", "/workflows", { slug, definition })).status]).toEqual([slug, 201]);
    const { id } = await api().ran(slug, { payload: {} });
    const { body } = await heard("POST", `/runs/${id}/replay`, {});
    ids.push(id, body.id as string);
    await api().reached(body.id as string);
  }
  return ids;
}

async function readEverything(ids: string[]): Promise<void> {
  for (const id of ids) {
    for (const part of ["", "/trace", "/steps", "/logs"]) await heard("GET", `/runs/${id}${part}`);
    await heard("GET", `/runs/${id}/events`, undefined, secret, { accept: "text/event-stream" });
  }
  for (const path of [
    "/providers",
    "/providers/acme",
    "/environments/production/variables",
    "/audit-events",
    "/api-keys",
  ])
    await heard("GET", path);
  const authorization = `Bearer ${metricsToken}`;
  const urls = [`${base}/api/metrics`, `${workerUrl}/metrics`, `${base}/api/health/ready`, `${base}/api/health/live`];
  for (const url of [...urls, `${workerUrl}/health/ready`, `${base}/api/openapi.json`]) {
    const answer = await fetch(url, { headers: { authorization } });
    expect([url, answer.status]).toEqual([url, 200]);
    answers.push(`${url} ${await answer.text()}`);
  }
}

async function commandLine(ids: string[]): Promise<string[]> {
  const cli = cliInHome();
  try {
    const said: string[] = [];
    for (const key of [secret, `rp_live_${mark}`])
      for (const args of [
        ["runs", "list"],
        ["runs", "get", ids[0] ?? ""],
        ["runs", "logs", ids[0] ?? ""],
        ["replay", ids[1] ?? ""],
      ]) {
        const { stdout, stderr } = await cli.run(args, { env: { REPRISE_URL: base, REPRISE_API_KEY: key } });
        said.push(`${args.join(" ")}: ${stdout} ${stderr}`);
      }
    return said;
  } finally {
    cli.remove();
  }
}

const leaks = (texts: string[]) =>
  texts.flatMap((text) =>
    [mark, ...made].flatMap((value) => {
      const at = text.indexOf(value);
      return at === -1 ? [] : [`${text.slice(0, 60)} … ${text.slice(Math.max(0, at - 160), at + 60)}`];
    }),
  );

describe("with secrets in every place that takes one, and each flow gone right and wrong", () => {
  let said: string[];
  beforeAll(async () => {
    await accounts();
    await wrongRequests();
    const ids = await runs();
    await readEverything(ids);
    said = await commandLine(ids);
  }, 240_000);

  test.each(["webs", "workers"] as const)("the %s write none of them to their output, at any level", (which) => {
    const logs = stack[which].map((each) => each.log());
    expect(logs.join("").length).toBeGreaterThan(1000);
    expect(leaks(logs)).toEqual([]);
  });

  test("no answer, page, stream, metric, health probe or API description holds one", () => {
    expect(answers.length).toBeGreaterThan(60);
    expect(leaks(answers)).toEqual([]);
  });

  test("the command line prints none", () => {
    expect(said.join("").length).toBeGreaterThan(500);
    expect(leaks(said)).toEqual([]);
  });

  test("what browsers load knows no server's variable and no address of a database", () => {
    const files = globSync(".next/static/**/*.{js,css,map,json}");
    expect(files.length).toBeGreaterThan(10);
    const telling =
      /NEXTAUTH_SECRET|REPRISE_MASTER_KEYS|postgres:\/\/|(ANTHROPIC|OPENAI)_API_KEY|CLIENT_SECRET|DATABASE_URL/;
    expect(files.filter((file) => telling.test(readFileSync(file, "utf8")))).toEqual([]);
    expect(leaks(files.map((file) => readFileSync(file, "utf8")))).toEqual([]);
  });
});
