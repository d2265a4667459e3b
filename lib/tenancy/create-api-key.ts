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
    const verdict = decideApiKey({ scopes, expiresAt, ...(await makerOf(ctx, tx)) });
    if (!verdict.allowed) throw new DomainError("forbidden", verdict.because);
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
 * Who makes the key, as they are now. Whoever is removed or demoted at this moment loses their keys, and none may appear
 * after that: so the member is read under the lock that changes of members take.
 */
async function makerOf(ctx: Ctx, tx: Transaction): Promise<Pick<ApiKeyWish, "key" | "person">> {
  const { actor, workspace } = ctx;
  const row = actor.kind === "api_key" ? await selectApiKey(tx, workspace.id, actor.keyId) : null;
  const key = actor.kind === "api_key" ? { scopes: actor.scopes, expiresAt: row?.expiresAt ?? null } : null;
  const maker = memberOf(actor);
  if (maker === null) return { key, person: null };
  await lockMembers(tx, workspace.id);
  return { key, person: { role: (await selectMember(tx, workspace.id, maker))?.role ?? null } };
}
