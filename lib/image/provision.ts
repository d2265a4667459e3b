import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { closeDatabase, database } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import { scopes } from "#/lib/contract/access.ts";
import { systemClock } from "#/lib/core/clock.ts";
import { ConfigurationError } from "#/lib/core/env.ts";
import { newId } from "#/lib/core/ids.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { provisionMember } from "#/lib/tenancy/provision-member.ts";
import { provisionAccount, provisionWorkspace } from "#/lib/tenancy/provision-workspace.ts";
import { provisionUser, userByPassword } from "#/lib/tenancy/users.ts";

const usage = "usage: reprise-server provision --workspace SLUG --email EMAIL";

/**
 * Makes an account with a workspace and its owner, and prints how the owner signs in and an API key with all scopes, as JSON:
 * an installation begins so. A person who has a user keeps its password, and then there is no key either.
 */
export async function provision(args: string[]): Promise<void> {
  const { workspace: slug, email } = optionsOf(args);
  const password = randomBytes(12).toString("base64url");
  const made = await inTransaction(database(), async (db) => {
    const account = await provisionAccount(db, { name: slug });
    const workspace = await provisionWorkspace(db, { accountId: account.id, slug, name: slug });
    await provisionUser(db, { email, name: email.split("@")[0] ?? email, password });
    const ctx: Ctx = {
      actor: { kind: "system", name: "operator" },
      ...{ workspace, db, clock: systemClock, requestId: newId("request") },
    };
    await provisionMember(ctx, { email, role: "owner" });
    const user = await userByPassword(db, email, password);
    if (!user) return { workspace: slug, email, password: null, apiKey: null };
    const actor = { kind: "user", userId: user.id, email: user.email, name: user.name, role: "owner" } as const;
    const { secret } = await createApiKey({ ...ctx, actor }, { name: "first", scopes: [...scopes] });
    return { workspace: slug, email, password, apiKey: secret };
  });
  process.stdout.write(`${JSON.stringify(made, null, 2)}\n`);
  await closeDatabase();
}

function optionsOf(args: string[]): { workspace: string; email: string } {
  try {
    const { values } = parseArgs({ args, options: { workspace: { type: "string" }, email: { type: "string" } } });
    const { workspace, email } = values;
    if (workspace && email && /^[^\s@]+@[^\s@]+$/.test(email)) return { workspace, email };
  } catch {
    // An unknown option is answered with the usage, too.
  }
  throw new ConfigurationError(usage);
}
