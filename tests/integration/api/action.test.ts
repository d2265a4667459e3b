import { beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { action } from "#/lib/api/action.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { sessionCookie } from "#/tests/support/rest.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
/** What Next gives to a server action: the headers and cookies of its request. */
const incoming = vi.hoisted(() => ({ headers: new Headers(), cookies: {} as Record<string, string> }));
vi.mock("next/headers", () => ({
  headers: async () => incoming.headers,
  cookies: async () => ({ getAll: () => Object.entries(incoming.cookies).map(([name, value]) => ({ name, value })) }),
}));

let tenant: Tenant;
let other: Tenant;
beforeAll(async () => {
  [tenant, other] = await Promise.all([createTenant(), createTenant()]);
});

const calls: unknown[] = [];
const echo = action(z.strictObject({ text: z.string() }), async (ctx, input) => {
  calls.push(input);
  if (input.text === "refuse") throw new DomainError("run_in_flight", "Cannot replay an in-flight run");
  if (input.text === "break") throw new Error("s3cr3t");
  return { slug: ctx.workspace.slug, text: input.text, actor: ctx.actor.kind };
});

async function signIn(
  role: "viewer" | "admin",
  headers: Record<string, string> = { host: "a.test", origin: "http://a.test" },
) {
  const member = await tenant.as(role);
  const userId = member.actor.kind === "user" ? member.actor.userId : "";
  const [name = "", value = ""] = (await sessionCookie({ userId })).split(/=(.*)/s);
  incoming.cookies = { [name]: value };
  incoming.headers = new Headers(headers);
}
const input = (text = "hi") => ({ workspaceSlug: tenant.workspace.slug, text });

describe("a server action", () => {
  test("runs for a member on our own page, with what the schema parsed", async () => {
    await signIn("viewer");
    expect(await echo(input())).toEqual({ ok: true, data: { slug: tenant.workspace.slug, text: "hi", actor: "user" } });
    expect(calls.at(-1)).toEqual({ text: "hi" });
  });

  test.each([
    ["a missing Origin", { host: "a.test" }],
    ["a foreign Origin", { host: "a.test", origin: "https://evil.example" }],
    [
      "a foreign Origin with its own X-Forwarded-Host",
      { host: "a.test", origin: "https://evil.example", "x-forwarded-host": "evil.example" },
    ],
    ["Origin: null", { host: "a.test", origin: "null" }],
  ])("refuses %s", async (_name, headers) => {
    await signIn("admin", headers);
    const before = calls.length;
    expect(await echo(input())).toMatchObject({ ok: false, problem: { code: "forbidden", status: 403 } });
    expect(calls).toHaveLength(before);
  });

  test("refuses who is not signed in, and hides a workspace of which one is no member", async () => {
    await signIn("admin");
    const foreign = await echo({ workspaceSlug: other.workspace.slug, text: "hi" });
    const unknown = await echo({ workspaceSlug: "nowhere", text: "hi" });
    expect(foreign).toMatchObject({ ok: false, problem: { code: "not_found" } });
    expect(unknown).toMatchObject({ ok: false, problem: { detail: foreign.ok ? "" : foreign.problem.detail } });
    incoming.cookies = {};
    expect(await echo(input())).toMatchObject({ ok: false, problem: { code: "unauthenticated" } });
  });

  test("refuses input that is not what it declares", async () => {
    await signIn("admin");
    for (const bad of [
      null,
      undefined,
      "x",
      [],
      {},
      { workspaceSlug: 1, text: "x" },
      { ...input(), extra: 1 },
      { ...input(), text: 1 },
    ])
      expect(await echo(bad as never)).toMatchObject({
        ok: false,
        problem: { code: "validation_failed", status: 400 },
      });
  });

  test("gives errors back as data: a refusal with its message, a fault without its own", async () => {
    await signIn("admin");
    expect(await echo(input("refuse"))).toMatchObject({
      ok: false,
      problem: { code: "run_in_flight", detail: "Cannot replay an in-flight run" },
    });
    const fault = await echo(input("break"));
    expect(fault).toMatchObject({ ok: false, problem: { code: "internal" } });
    expect(JSON.stringify(fault)).not.toContain("s3cr3t");
  });
});
