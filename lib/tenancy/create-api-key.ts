import type { z } from "zod";
import type { Transaction } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import type { ApiKeyCreated, CreateApiKeyRequest } from "#/lib/contract/administration.ts";
import { checkedMoment } from "#/lib/contract/moment.ts";
import { DomainError, invalidField } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { apiKeyHash, apiKeyPrefix, newApiKeySecret } from "./api-key-secret.ts";
import { decideApiKey, type ApiKeyWish } from "./api-key-rules.ts";
import { insertApiKey, selectApiKey } from "./api-key-store.ts";
import { recordAudit } from "./audit.ts";
import { memberOf, type Ctx } from "./ctx.ts";
import { lockMembers, selectMember } from "./member-store.ts";
import { authorize } from "./permissions.ts";

/**
 * Creates an API key of this workspace; its secret is only in the answer. Throws forbidden for a key that may do
 * more, or lasts longer, than whoever makes it; validation_failed for a past expiry.
 */
export async function createApiKey(ctx: Ctx, input: z.infer<typeof CreateApiKeyRequest>): Promise<ApiKeyCreated> {
  authorize(ctx, "key:write");
  const scopes = [...new Set(input.scopes)];
  const expiresAt = input.expiresAt === undefined ? null : checkedMoment(input.expiresAt);
  if (expiresAt && expiresAt <= ctx.clock.now()) throw invalidField("body.expiresAt", "must be in the future");

  const secret = newApiKeySecret();
  const secretHash = apiKeyHash(secret);
  if (secretHash === null) throw new Error("a new secret does not have the form of one");
  const id = newId("apiKey");
  await inTransaction(ctx.db, async (tx) => {
    const { madeWith, ...maker } = await makerOf(ctx, tx);
    const verdict = decideApiKey({ scopes, expiresAt, ...maker });
    if (!verdict.allowed) throw new DomainError("forbidden", verdict.because);
    await insertApiKey(tx, {
      id,
      workspaceId: ctx.workspace.id,
      name: input.name,
      prefix: apiKeyPrefix(secret),
      secretHash,
      scopes,
      createdBy: memberOf(ctx.actor),
      madeWith,
      expiresAt,
    });
    await recordAudit(ctx, tx, { action: "api_key.created", target: id, details: { name: input.name, scopes } });
  });
  return { id, secret };
}

/**
 * Who makes the key, as they are now. Whoever is removed or demoted at this moment loses their keys, and so does a key that is
 * revoked lose those made with it; none may appear after that. So both are read under the lock that changes of them take.
 */
async function makerOf(
  ctx: Ctx,
  tx: Transaction,
): Promise<Pick<ApiKeyWish, "key" | "person"> & { madeWith: string | null }> {
  const { actor, workspace } = ctx;
  await lockMembers(tx, workspace.id);
  const row = actor.kind === "api_key" ? await selectApiKey(tx, workspace.id, actor.keyId) : null;
  if (row && row.revokedAt !== null) throw new DomainError("forbidden", "This API key was revoked.");
  const key = actor.kind === "api_key" ? { scopes: actor.scopes, expiresAt: row?.expiresAt ?? null } : null;
  const maker = memberOf(actor);
  const person = maker === null ? null : { role: (await selectMember(tx, workspace.id, maker))?.role ?? null };
  return { key, person, madeWith: row?.id ?? null };
}
