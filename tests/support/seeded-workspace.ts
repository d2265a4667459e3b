import { randomBytes } from "node:crypto";
import { database } from "#/db/client.ts";
import { roles, scopes, type Role } from "#/lib/contract/access.ts";
import { systemClock } from "#/lib/core/clock.ts";
import { newId } from "#/lib/core/ids.ts";
import type { PlacedPrompt } from "#/lib/demo/content/load-content.ts";
import { placeContent } from "#/lib/demo/place-content.ts";
import { provisionMember } from "#/lib/tenancy/provision-member.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { provisionAccount, provisionWorkspace } from "#/lib/tenancy/provision-workspace.ts";
import { provisionUser } from "#/lib/tenancy/users.ts";
import { putVariables } from "#/lib/tenancy/variables.ts";

type SeededMember = { role: Role; email: string; password: string };
export type SeededWorkspace = {
  id: string;
  slug: string;
  /** Secret of a key with every scope. */
  key: string;
  prompts: Record<string, PlacedPrompt>;
};
export type SeededAccount = { members: Record<Role, SeededMember>; workspaces: Record<string, SeededWorkspace> };

/**
 * One account with the named workspaces and a member per role, each a member of all of them; each workspace has the
 * demo's prompts, workflows and variables, and no run. The process must point at the database, see `useDatabase`.
 */
export async function seedAccount(names: readonly string[], ordersUrl: string): Promise<SeededAccount> {
  const db = database();
  const batch = newId("account").slice(-8);
  const account = await provisionAccount(db, { name: `Acme ${batch}` });
  const people = await Promise.all(roles.map((role) => makePerson(role, batch)));
  const workspaces: Record<string, SeededWorkspace> = {};
  for (const name of names) {
    const workspace = await provisionWorkspace(db, {
      accountId: account.id,
      slug: `${name}-${batch}`,
      name: "Acme shop",
    });
    const actor = { kind: "system", name: "test" } as const;
    const ctx: Ctx = { actor, workspace, db, clock: systemClock, requestId: newId("request") };
    for (const { email, role } of people) await provisionMember(ctx, { email, role });
    await putVariables(ctx, "production", { variables: { ORDERS_URL: ordersUrl } });
    const prompts = await placeContent(ctx);
    const { secret } = await createApiKey(ctx, { name: "all scopes", scopes: [...scopes] });
    workspaces[name] = { id: workspace.id, slug: workspace.slug, key: secret, prompts };
  }
  const members = Object.fromEntries(people.map((person) => [person.role, person])) as Record<Role, SeededMember>;
  return { members, workspaces };
}

async function makePerson(role: Role, batch: string): Promise<SeededMember> {
  const person = { role, email: `${role}.${batch}@example.com`, password: randomBytes(12).toString("base64url") };
  await provisionUser(database(), { email: person.email, name: `${role} ${batch}`, password: person.password });
  return person;
}
