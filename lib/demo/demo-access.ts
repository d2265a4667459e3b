import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DbHandle } from "#/db/client.ts";
import { systemClock } from "#/lib/core/clock.ts";
import { newId } from "#/lib/core/ids.ts";
import { scopes } from "#/lib/contract/access.ts";
import { provisionMember } from "#/lib/tenancy/provision-member.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import type { Ctx, WorkspaceRef } from "#/lib/tenancy/ctx.ts";
import { provisionAccount, provisionWorkspace } from "#/lib/tenancy/provision-workspace.ts";
import { resolveApiKey } from "#/lib/tenancy/resolve-api-key.ts";
import { provisionUser, userByPassword, type SessionUser } from "#/lib/tenancy/users.ts";
import { workspaceBySlug } from "#/lib/tenancy/workspace-by-slug.ts";

export type DemoLogin = { email: string; password: string; apiKey: string; workspaceSlug: string };

const slug = "acme";

/**
 * The demo workspace and a way into it. Login and key are made once and kept in `demo-login.json` of the installation's
 * home (readable by its owner only), since the database keeps nothing but hashes.
 */
export async function demoAccess(
  db: DbHandle,
): Promise<{ workspace: WorkspaceRef; user: SessionUser; access: DemoLogin }> {
  const kept = readLogin();
  const known = await workspaceBySlug(db, slug);
  if (kept && known) {
    const [user, key] = await Promise.all([
      userByPassword(db, kept.email, kept.password),
      resolveApiKey(db, kept.apiKey),
    ]);
    if (user && key) return { workspace: known, user, access: kept };
  }
  const workspace = known ?? (await makeWorkspace(db));
  const access = {
    email: `demo-${randomBytes(3).toString("hex")}@acme.example`,
    password: randomBytes(9).toString("base64url"),
  };
  const user = await makeOwner(db, workspace, access);
  const ctx: Ctx = {
    ...systemCtx(db, workspace),
    actor: { kind: "user", userId: user.id, email: user.email, name: user.name, role: "owner" },
  };
  const { secret } = await createApiKey(ctx, { name: "demo", scopes: [...scopes] });
  const login = { ...access, apiKey: secret, workspaceSlug: slug };
  writeFileSync(loginFile(), `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600 });
  return { workspace, user, access: login };
}

async function makeWorkspace(db: DbHandle): Promise<WorkspaceRef> {
  const account = await provisionAccount(db, { name: "Acme" });
  return provisionWorkspace(db, { accountId: account.id, slug, name: "Acme support" });
}

async function makeOwner(
  db: DbHandle,
  workspace: WorkspaceRef,
  login: { email: string; password: string },
): Promise<SessionUser> {
  await provisionUser(db, { ...login, name: "Dana Demo" });
  await provisionMember(systemCtx(db, workspace), { email: login.email, role: "owner" });
  const user = await userByPassword(db, login.email, login.password);
  if (!user) throw new Error("the demo user cannot sign in with the password just set");
  return user;
}

function systemCtx(db: DbHandle, workspace: WorkspaceRef): Ctx {
  return { actor: { kind: "system", name: "demo" }, workspace, db, clock: systemClock, requestId: newId("request") };
}

function loginFile(): string {
  return join(process.env.REPRISE_HOME || ".reprise", "demo-login.json");
}

function readLogin(): DemoLogin | null {
  try {
    return JSON.parse(readFileSync(loginFile(), "utf8")) as DemoLogin;
  } catch {
    return null;
  }
}
