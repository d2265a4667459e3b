import type { z } from "zod";
import { inTransaction } from "#/db/transaction.ts";
import type { ApiKeyCreated, CreateApiKeyRequest } from "#/lib/contract/administration.ts";
import { DomainError, invalidField } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { apiKeyHash, apiKeyPrefix, newApiKeySecret } from "./api-key-secret.ts";
import { insertApiKey } from "./api-key-store.ts";
import { recordAudit } from "./audit.ts";
import { memberOf, type Ctx } from "./ctx.ts";
import { authorize, isPermitted } from "./permissions.ts";

/**
 * Makes an API key of this workspace; its secret is in the answer and nowhere else. The scope `account` may only be
 * given by who holds it: everything else is the workspace's administration. Throws validation_failed for a past expiry.
 */
export async function createApiKey(ctx: Ctx, input: z.infer<typeof CreateApiKeyRequest>): Promise<ApiKeyCreated> {
  authorize(ctx, "key:write");
  const scopes = [...new Set(input.scopes)];
  if (scopes.includes("account") && !isPermitted(ctx.actor, "account_policy:write"))
    throw new DomainError("forbidden", "Only an account owner may give the scope account.");
  const expiresAt = input.expiresAt === undefined ? null : new Date(input.expiresAt);
  if (expiresAt && expiresAt <= ctx.clock.now()) throw invalidField("body.expiresAt", "must be in the future");

  const secret = newApiKeySecret();
  const secretHash = apiKeyHash(secret);
  if (secretHash === null) throw new Error("a new secret does not have the form of one");
  const id = newId("apiKey");
  await inTransaction(ctx.db, async (tx) => {
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
