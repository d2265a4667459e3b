import type { z } from "zod";
import type { Transaction } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import type { Scope } from "#/lib/contract/access.ts";
import type { ApiKeyCreated, CreateApiKeyRequest } from "#/lib/contract/administration.ts";
import { checkedMoment } from "#/lib/contract/moment.ts";
import { DomainError, invalidField } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { apiKeyHash, apiKeyPrefix, newApiKeySecret } from "./api-key-secret.ts";
import { insertApiKey, selectApiKey } from "./api-key-store.ts";
import { recordAudit } from "./audit.ts";
import { memberOf, type Ctx } from "./ctx.ts";
import { lockMembers, selectMember } from "./member-store.ts";
import { authorize, isPermitted, isRolePermitted } from "./permissions.ts";
import { isBeyond } from "./revoke-keys-beyond.ts";

/**
 * Makes an API key of this workspace; its secret is in the answer and nowhere else. The scope `account` may only be
 * given by who holds it: everything else is the workspace's administration. A key that ends makes none that outlives it.
 * Throws validation_failed for a past expiry.
 */
export async function createApiKey(ctx: Ctx, input: z.infer<typeof CreateApiKeyRequest>): Promise<ApiKeyCreated> {
  authorize(ctx, "key:write");
  const scopes = [...new Set(input.scopes)];
  if (scopes.includes("account") && !isPermitted(ctx.actor, "account_policy:write"))
    throw new DomainError("forbidden", "Only an account owner can grant the scope account.");
  const expiresAt = input.expiresAt === undefined ? null : checkedMoment(input.expiresAt);
  if (expiresAt && expiresAt <= ctx.clock.now()) throw invalidField("body.expiresAt", "must be in the future");

  const secret = newApiKeySecret();
  const secretHash = apiKeyHash(secret);
  if (secretHash === null) throw new Error("a new secret does not have the form of one");
  const id = newId("apiKey");
  await inTransaction(ctx.db, async (tx) => {
    await assertMakerMay(ctx, tx, scopes);
    await assertOutlivedByMaker(ctx, tx, expiresAt);
    await insertApiKey(tx, {
      id,
      workspaceId: ctx.workspace.id,
      name: input.name,
      prefix: apiKeyPrefix(secret),
      secretHash,
      scopes,
      createdBy: memberOf(ctx.actor),
      expiresAt,
    });
    await recordAudit(ctx, tx, { action: "api_key.created", target: id, details: { name: input.name, scopes } });
  });
  return { id, secret };
}

/**
 * Who is removed or demoted at this moment loses the keys that they made: none may come to be behind that. Under the lock
 * that changes of members take, the maker must still be what the key acts for.
 */
async function assertMakerMay(ctx: Ctx, tx: Transaction, scopes: readonly Scope[]): Promise<void> {
  const maker = memberOf(ctx.actor);
  if (maker === null) return;
  await lockMembers(tx, ctx.workspace.id);
  const role = (await selectMember(tx, ctx.workspace.id, maker))?.role ?? null;
  if (role === null || !isRolePermitted(role, "key:write") || isBeyond(scopes, role))
    throw new DomainError("forbidden", "The member that this key would act for may no longer create it.");
}

async function assertOutlivedByMaker(ctx: Ctx, tx: Transaction, expiresAt: Date | null): Promise<void> {
  if (ctx.actor.kind !== "api_key") return;
  const ends = (await selectApiKey(tx, ctx.workspace.id, ctx.actor.keyId))?.expiresAt ?? null;
  if (ends !== null && (expiresAt === null || expiresAt > ends))
    throw new DomainError(
      "forbidden",
      `A key makes none that outlives it: give expiresAt, at most ${ends.toISOString()}.`,
    );
}
