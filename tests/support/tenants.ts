import { database } from "#/db/client.ts";
import type { Role, Scope } from "#/lib/contract/access.ts";
import { systemClock } from "#/lib/core/clock.ts";
import { newId } from "#/lib/core/ids.ts";
import { provisionMember } from "#/lib/tenancy/provision-member.ts";
import type { Actor, Ctx, WorkspaceRef } from "#/lib/tenancy/ctx.ts";
import { provisionAccount, provisionWorkspace } from "#/lib/tenancy/provision-workspace.ts";
import { provisionUser } from "#/lib/tenancy/users.ts";

export type Tenant = {
  workspace: WorkspaceRef;
  system: Ctx;
  as(role: Role): Promise<Ctx>;
  key(...scopes: Scope[]): Ctx;
};

/** A fresh account with one workspace (or a further workspace of `accountId`), and actors to work in it. */
export async function createTenant(accountId?: string): Promise<Tenant> {
  const db = database();
  const account = accountId ?? (await provisionAccount(db, { name: "Acme" })).id;
  const slug = `t-${newId("workspace").slice(3)}`;
  const workspace = await provisionWorkspace(db, { accountId: account, slug, name: slug });
  const ctxOf = (actor: Actor): Ctx => ({ actor, workspace, db, clock: systemClock, requestId: newId("request") });
  const system = ctxOf({ kind: "system", name: "test" });
  return {
    workspace,
    system,
    async as(role) {
      const email = `${role}-${newId("user")}@example.com`;
      const user = await provisionUser(db, { email, name: role, password: null });
      await provisionMember(system, { email, role });
      return ctxOf({ kind: "user", userId: user.id, email, name: role, role });
    },
    key: (...scopes) => ctxOf({ kind: "api_key", keyId: newId("apiKey"), scopes, createdBy: null }),
  };
}

/** Points this process at a test database; call before the first query. */
export function useDatabase(url: string): void {
  process.env["DATABASE_URL"] = url;
  process.env["REPRISE_MASTER_KEYS"] ??= `test:${Buffer.alloc(32, 7).toString("base64")}`;
  process.env["NEXTAUTH_SECRET"] ??= "a-secret-of-the-tests";
  process.env["NEXTAUTH_URL"] ??= "http://localhost:3000";
}
