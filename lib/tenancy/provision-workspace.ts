import type { DbHandle } from "#/db/client.ts";
import { DomainError, invalidField } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import type { WorkspaceRef } from "./ctx.ts";
import { isWorkspaceSlug } from "./slug.ts";
import { insertAccount, insertWorkspace } from "./workspace-store.ts";

/** Creates an account. For the operator (installation, seeding); no surface reaches it. */
export async function provisionAccount(db: DbHandle, input: { name: string }): Promise<{ id: string; name: string }> {
  const account = { id: newId("account"), name: input.name };
  await insertAccount(db, account);
  return account;
}

/** Makes a workspace in an account. Throws validation_failed for a bad or reserved slug, conflict for a taken one. */
export async function provisionWorkspace(
  db: DbHandle,
  input: { accountId: string; slug: string; name: string; maxRunning?: number },
): Promise<WorkspaceRef> {
  if (!isWorkspaceSlug(input.slug)) throw invalidField("slug", `"${input.slug}" cannot be a workspace slug`);
  const { maxRunning, ...workspace } = { id: newId("workspace"), ...input };
  const inserted = await insertWorkspace(db, maxRunning === undefined ? workspace : { ...workspace, maxRunning });
  if (!inserted) throw new DomainError("conflict", `The slug ${input.slug} is taken`);
  return workspace;
}
