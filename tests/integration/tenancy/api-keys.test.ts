import { beforeAll, describe, expect, test } from "vitest";
import { sql } from "drizzle-orm";
import { database } from "#/db/client.ts";
import type { Scope } from "#/lib/contract/access.ts";
import { changeMemberRole } from "#/lib/tenancy/change-member-role.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { listApiKeys } from "#/lib/tenancy/list-api-keys.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { removeMember } from "#/lib/tenancy/remove-member.ts";
import { resolveApiKey } from "#/lib/tenancy/resolve-api-key.ts";
import { revokeApiKey } from "#/lib/tenancy/revoke-api-key.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let tenant: Tenant;
let other: Tenant;
beforeAll(async () => {
  [tenant, other] = await Promise.all([createTenant(), createTenant()]);
});
const all = { limit: 100, after: null };
const userIdOf = (ctx: Ctx) => (ctx.actor.kind === "user" ? ctx.actor.userId : "");

describe("API keys", () => {
  test("a key resolves to its workspace and scopes, and its secret is stored nowhere", async () => {
    const admin = await tenant.as("admin");
    const { id, secret } = await createApiKey(admin, { name: "ci", scopes: ["runs:read", "runs:read"] });
    expect(await resolveApiKey(database(), secret)).toEqual({
      actor: {
        kind: "api_key",
        keyId: id,
        scopes: ["runs:read"],
        createdBy: admin.actor.kind === "user" ? admin.actor.userId : "",
      },
      workspace: tenant.workspace,
    });
    const stored = await database().execute(sql`select k::text as row from api_keys k`);
    expect(JSON.stringify(stored)).not.toContain(secret.slice(12));
    expect(JSON.stringify(await listApiKeys(admin, all))).not.toContain(secret.slice(12));
  });

  test("a revoked, an expired and an altered secret resolve to nobody", async () => {
    const admin = await tenant.as("admin");
    const revoked = await createApiKey(admin, { name: "a", scopes: ["runs:read"] });
    await revokeApiKey(admin, revoked.id);
    const expired = await createApiKey(admin, {
      name: "b",
      scopes: ["runs:read"],
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
    });
    await database().execute(
      sql`update api_keys set expires_at = now() - interval '1 second' where id = ${expired.id}`,
    );
    const live = await createApiKey(admin, { name: "c", scopes: ["runs:read"] });
    for (const secret of [
      revoked.secret,
      expired.secret,
      `${live.secret}x`,
      live.secret.slice(0, -1),
      "",
      "rp_live_\u0000",
    ])
      expect(await resolveApiKey(database(), secret)).toBeNull();
    expect(await resolveApiKey(database(), live.secret)).not.toBeNull();
  });

  test("the time of last use is written at most once a minute", async () => {
    const { id, secret } = await createApiKey(tenant.system, { name: "used", scopes: ["runs:read"] });
    const lastUsed = async () => (await listApiKeys(tenant.system, all)).data.find((key) => key.id === id)?.lastUsedAt;
    expect(await lastUsed()).toBeNull();
    await resolveApiKey(database(), secret);
    const first = await lastUsed();
    expect(first).toEqual(expect.any(String));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await resolveApiKey(database(), secret);
    expect(await lastUsed()).toBe(first);
  });

  test("another tenant neither sees nor revokes a key, and cannot tell that it exists", async () => {
    const { id, secret } = await createApiKey(tenant.system, { name: "mine", scopes: ["runs:read"] });
    const stranger = await other.as("owner");
    await expect(revokeApiKey(stranger, id)).rejects.toMatchObject({ code: "not_found" });
    expect((await listApiKeys(stranger, all)).data).toEqual([]);
    expect(await resolveApiKey(database(), secret)).not.toBeNull();
  });

  test.each(["viewer", "operator"] as const)("a %s may not administer keys", async (role) => {
    const ctx = await tenant.as(role);
    await expect(createApiKey(ctx, { name: "x", scopes: ["runs:read"] })).rejects.toMatchObject({ code: "forbidden" });
    await expect(listApiKeys(ctx, all)).rejects.toMatchObject({ code: "forbidden" });
    await expect(revokeApiKey(ctx, "key_x")).rejects.toMatchObject({ code: "forbidden" });
  });

  test("a read-only key makes no key, and only who holds the scope account gives it", async () => {
    const refused = [tenant.key("runs:read"), tenant.key("account")].map((ctx) =>
      createApiKey(ctx, { name: "x", scopes: ["runs:read"] }),
    );
    for (const attempt of refused) await expect(attempt).rejects.toMatchObject({ code: "forbidden" });
    const input = { name: "x", scopes: ["account" as const] };
    for (const ctx of [tenant.key("admin"), await tenant.as("admin")])
      await expect(createApiKey(ctx, input)).rejects.toMatchObject({ code: "forbidden" });
    for (const ctx of [tenant.key("admin", "account"), await tenant.as("owner")])
      await expect(createApiKey(ctx, input)).resolves.toMatchObject({ id: expect.any(String) });
  });

  test("a key makes none that may do what it may not, or that outlives it; one without an end, and a person, may", async () => {
    const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
    const admin = await tenant.as("admin");
    const keyOf = async (expiresAt?: string): Promise<Ctx> => {
      const { secret } = await createApiKey(admin, {
        name: "maker",
        scopes: ["admin", "runs:read"],
        ...(expiresAt ? { expiresAt } : {}),
      });
      const found = await resolveApiKey(database(), secret);
      if (!found) throw new Error("a fresh key is good");
      return { ...admin, ...found };
    };
    const make = (ctx: Ctx, expiresAt?: string) =>
      createApiKey(ctx, { name: "made", scopes: ["runs:read"], ...(expiresAt ? { expiresAt } : {}) });
    const ending = await keyOf(at(2));
    for (const expiresAt of [undefined, at(3)])
      await expect(make(ending, expiresAt)).rejects.toMatchObject({ code: "forbidden" });
    await make(ending, at(1));
    await make(await keyOf());
    for (const scope of ["runs:write", "replays:write", "workflows:write", "ingest", "account"] as const)
      await expect(createApiKey(ending, { name: "wider", scopes: [scope], expiresAt: at(1) })).rejects.toMatchObject({
        code: "forbidden",
      });
  });

  test("keys end with the place of who made them, and with the role that allowed them; others' stay", async () => {
    const [leaving, lowered] = [await tenant.as("admin"), await tenant.as("admin")];
    const make = (ctx: Ctx, ...held: Scope[]) => createApiKey(ctx, { name: held.join(), scopes: held });
    const [gone, wide, narrow] = [
      await make(leaving, "runs:read"),
      await make(lowered, "runs:read", "admin"),
      await make(lowered, "runs:read", "replays:write"),
    ];
    const other = await make(tenant.system, "admin");
    await removeMember(tenant.system, userIdOf(leaving));
    await changeMemberRole(tenant.system, userIdOf(lowered), "operator");
    const opens = async ({ secret }: { secret: string }) => (await resolveApiKey(database(), secret)) !== null;
    expect(await Promise.all([gone, wide, narrow, other].map(opens))).toEqual([false, false, true, true]);
    await changeMemberRole(tenant.system, userIdOf(lowered), "owner");
    expect(await opens(wide)).toBe(false);
    for (const { id } of [gone, wide]) {
      const { data } = await listAuditEvents(tenant.system, { filter: { target: id }, ...all });
      expect(data.map((event) => event.action)).toEqual(["api_key.revoked", "api_key.created"]);
    }
  });

  test("nobody makes a key by a right that they had when the request began", async () => {
    const [leaving, lowered, owner] = [await tenant.as("admin"), await tenant.as("admin"), await tenant.as("owner")];
    const keyOf = async (ctx: Ctx, ...held: Scope[]): Promise<Ctx> => {
      const { secret } = await createApiKey(ctx, { name: "maker", scopes: held });
      const found = await resolveApiKey(database(), secret);
      if (!found) throw new Error("a key that was just made resolves");
      return { ...ctx, ...found };
    };
    const begun = [
      leaving,
      lowered,
      await keyOf(leaving, "admin", "runs:read"),
      await keyOf(lowered, "admin", "runs:read"),
    ];
    const ownersKey = await keyOf(owner, "admin", "account", "runs:read");
    const account = [owner, ownersKey];
    await removeMember(tenant.system, userIdOf(leaving));
    await changeMemberRole(tenant.system, userIdOf(lowered), "operator");
    await changeMemberRole(tenant.system, userIdOf(owner), "admin");
    const make = (ctx: Ctx, scope: Scope) => createApiKey(ctx, { name: "late", scopes: [scope] });
    for (const ctx of begun) await expect(make(ctx, "runs:read")).rejects.toMatchObject({ code: "forbidden" });
    for (const ctx of account) await expect(make(ctx, "account")).rejects.toMatchObject({ code: "forbidden" });
    await expect(make(owner, "runs:read")).resolves.toMatchObject({ id: expect.any(String) });
    // It was revoked with the role that allowed it.
    await expect(make(ownersKey, "runs:read")).rejects.toMatchObject({ code: "forbidden" });
  });

  test("an expiry in the past is refused, naming the field", async () => {
    await expect(
      createApiKey(tenant.system, { name: "x", scopes: ["runs:read"], expiresAt: "2020-01-01T00:00:00Z" }),
    ).rejects.toMatchObject({ code: "validation_failed", fields: [{ path: "body.expiresAt" }] });
  });

  test("creating and revoking leave one audit row each; revoking again leaves none", async () => {
    const fresh = await createTenant();
    const { id } = await createApiKey(fresh.system, { name: "x", scopes: ["runs:read"] });
    for (let time = 0; time < 3; time += 1) await revokeApiKey(fresh.system, id);
    const { data } = await listAuditEvents(fresh.system, { filter: { target: id }, ...all });
    expect(data.map((event) => event.action)).toEqual(["api_key.revoked", "api_key.created"]);
  });

  test("pages are whole and never repeat a key", async () => {
    const fresh = await createTenant();
    const ids: string[] = [];
    for (let n = 0; n < 7; n += 1)
      ids.push((await createApiKey(fresh.system, { name: `k${n}`, scopes: ["runs:read"] })).id);
    const seen: string[] = [];
    for (
      let after = null as Awaited<ReturnType<typeof listApiKeys>>["next"], more = true;
      more;
      more = after !== null
    ) {
      const page = await listApiKeys(fresh.system, { limit: 3, after });
      seen.push(...page.data.map((key) => key.id));
      after = page.next;
    }
    expect(seen).toEqual(ids.toReversed());
  });

  describe("made with keys", () => {
    const asKey = async (secret: string): Promise<Ctx> => {
      const found = await resolveApiKey(database(), secret);
      if (!found) throw new Error("the key is good");
      return { ...tenant.system, ...found };
    };
    const make = (ctx: Ctx, name: string) => createApiKey(ctx, { name, scopes: ["admin"] });
    const opens = async ({ secret }: { secret: string }) => (await resolveApiKey(database(), secret)) !== null;
    const revocations = async (id: string) =>
      (await listAuditEvents(tenant.system, { filter: { target: id, action: "api_key.revoked" }, ...all })).data;

    test.each(["a member", "the operator"])("end with the one of %s that they come from; others stay", async (who) => {
      const maker = who === "a member" ? await tenant.as("admin") : tenant.system;
      const root = await make(maker, "root");
      const [child, second] = [
        await make(await asKey(root.secret), "child"),
        await make(await asKey(root.secret), "b"),
      ];
      const grandchild = await make(await asKey(child.secret), "grandchild");
      const beside = await make(maker, "beside");
      const all = () => Promise.all([root, child, second, grandchild, beside].map(opens));
      await revokeApiKey(maker, second.id);
      await revokeApiKey(maker, child.id);
      expect(await all()).toEqual([true, false, false, false, true]);
      expect(await revocations(child.id)).toMatchObject([{ details: { name: "child", madeWithIt: 1 } }]);
      expect(await revocations(grandchild.id)).toMatchObject([{ details: { name: "grandchild", key: child.id } }]);
      const third = await make(await asKey(root.secret), "third");
      await revokeApiKey(maker, root.id);
      await revokeApiKey(maker, root.id);
      expect([...(await all()), await opens(third)]).toEqual([false, false, false, false, true, false]);
      expect(await revocations(root.id)).toMatchObject([{ details: { name: "root", madeWithIt: 1 } }]);
      expect(await revocations(child.id)).toHaveLength(1);
      expect((await revocations(beside.id)).length).toBe(0);
    });

    test("a key that is being revoked makes none: of both at once, none is left", async () => {
      for (let n = 0; n < 8; n++) {
        const root = await make(tenant.system, "root");
        const ctx = await asKey(root.secret);
        const making = [1, 2].map((each) => make(ctx, `made ${each}`));
        const [, ...made] = await Promise.allSettled([revokeApiKey(tenant.system, root.id), ...making]);
        for (const each of made)
          if (each.status === "fulfilled") expect(await opens(each.value)).toBe(false);
          else expect(each.reason).toMatchObject({ code: "forbidden" });
        await expect(make(ctx, "late")).rejects.toMatchObject({ code: "forbidden" });
      }
    });

    test("end with the member's place as well, whoever else's role changes", async () => {
      const leaving = await tenant.as("admin");
      const root = await make(leaving, "root");
      const child = await make(await asKey(root.secret), "child");
      await removeMember(tenant.system, userIdOf(leaving));
      expect(await Promise.all([root, child].map(opens))).toEqual([false, false]);
    });
  });
});
