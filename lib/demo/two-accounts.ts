import { randomBytes } from "node:crypto";
import { database } from "#/db/client.ts";
import { roles, scopes, type Role, type Scope } from "#/lib/contract/access.ts";
import { systemClock } from "#/lib/core/clock.ts";
import { newId } from "#/lib/core/ids.ts";
import { provisionMember } from "#/lib/tenancy/provision-member.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import type { Actor, Ctx, WorkspaceRef } from "#/lib/tenancy/ctx.ts";
import { provisionAccount, provisionWorkspace } from "#/lib/tenancy/provision-workspace.ts";
import { provisionUser } from "#/lib/tenancy/users.ts";

type FixtureMember = { id: string; role: Role; email: string; password: string };
type FixtureKey = { id: string; scopes: readonly Scope[]; secret: string };
export type FixtureWorkspace = { id: string; slug: string; members: FixtureMember[]; apiKeys: FixtureKey[] };
export type TwoAccounts = { accounts: { id: string; workspaces: FixtureWorkspace[] }[] };

/**
 * Two accounts with two workspaces each, one member per role and one API key per scope and one with all, under names
 * that no earlier call has used. For tests from outside, which need the passwords and secrets.
 */
export async function makeTwoAccounts(): Promise<TwoAccounts> {
  const batch = newId("account").slice(-10);
  const accounts: TwoAccounts["accounts"] = [];
  for (const letter of ["a", "b"]) {
    const account = await provisionAccount(database(), { name: `Account ${letter.toUpperCase()} ${batch}` });
    const workspaces: FixtureWorkspace[] = [];
    for (const number of [1, 2]) workspaces.push(await makeWorkspace(account.id, `${letter}${number}-${batch}`));
    accounts.push({ id: account.id, workspaces });
  }
  return { accounts };
}

async function makeWorkspace(accountId: string, slug: string): Promise<FixtureWorkspace> {
  const workspace = await provisionWorkspace(database(), { accountId, slug, name: `Workspace ${slug}` });
  const system = ctxOf(workspace, { kind: "system", name: "fixture" });
  const members = await Promise.all(roles.map((role) => makeMember(system, role)));
  const owner = members.find((member) => member.role === "owner");
  if (!owner) throw new Error("a fixture workspace has an owner");
  const actor: Actor = { kind: "user", userId: owner.id, email: owner.email, name: owner.email, role: "owner" };
  const apiKeys: FixtureKey[] = [];
  for (const held of [...scopes.map((scope) => [scope]), [...scopes]]) {
    const name = held.length > 1 ? "all scopes" : (held[0] ?? "");
    apiKeys.push({ scopes: held, ...(await createApiKey(ctxOf(workspace, actor), { name, scopes: held })) });
  }
  return { id: workspace.id, slug, members, apiKeys };
}

async function makeMember(system: Ctx, role: Role): Promise<FixtureMember> {
  const email = `${role}.${system.workspace.slug}@example.com`;
  const password = randomBytes(12).toString("base64url");
  const user = await provisionUser(system.db, { email, name: `${role} of ${system.workspace.slug}`, password });
  await provisionMember(system, { email, role });
  return { id: user.id, role, email, password };
}

function ctxOf(workspace: WorkspaceRef, actor: Actor): Ctx {
  return { actor, workspace, db: database(), clock: systemClock, requestId: newId("request") };
}
