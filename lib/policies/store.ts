import { eq, sql } from "drizzle-orm";
import type { DbHandle, Transaction } from "#/db/client.ts";
import { accountPolicies, workspacePolicies } from "#/db/schema/policies.ts";
import type { PolicyValues } from "#/lib/contract/policy.ts";

export type StoredPolicy = { values: PolicyValues; revision: number };
const silent: StoredPolicy = {
  values: { allowedModels: null, allowedProviders: null, replay: { allowMutations: null } },
  revision: 0,
};

export async function selectAccountPolicy(db: DbHandle, accountId: string): Promise<StoredPolicy> {
  const rows = await db.select().from(accountPolicies).where(eq(accountPolicies.accountId, accountId));
  return rows[0] ? storedPolicy(rows[0]) : silent;
}

export async function selectWorkspacePolicy(db: DbHandle, workspaceId: string): Promise<StoredPolicy> {
  const rows = await db.select().from(workspacePolicies).where(eq(workspacePolicies.workspaceId, workspaceId));
  return rows[0] ? storedPolicy(rows[0]) : silent;
}

export async function upsertAccountPolicy(
  tx: Transaction,
  accountId: string,
  values: PolicyValues,
  by: string | null,
): Promise<void> {
  const set = { ...columns(values), updatedBy: by };
  await tx
    .insert(accountPolicies)
    .values({ accountId, ...set })
    .onConflictDoUpdate({
      target: accountPolicies.accountId,
      set: { ...set, revision: sql`${accountPolicies.revision} + 1`, updatedAt: sql`now()` },
    });
}

export async function upsertWorkspacePolicy(
  tx: Transaction,
  workspaceId: string,
  values: PolicyValues,
  by: string | null,
): Promise<void> {
  const set = { ...columns(values), updatedBy: by };
  await tx
    .insert(workspacePolicies)
    .values({ workspaceId, ...set })
    .onConflictDoUpdate({
      target: workspacePolicies.workspaceId,
      set: { ...set, revision: sql`${workspacePolicies.revision} + 1`, updatedAt: sql`now()` },
    });
}

type Row = {
  allowedModels: string[] | null;
  allowedProviders: string[] | null;
  allowMutations: boolean | null;
  revision: number;
};

function storedPolicy(row: Row): StoredPolicy {
  const { allowedModels, allowedProviders, allowMutations, revision } = row;
  return { values: { allowedModels, allowedProviders, replay: { allowMutations } }, revision };
}

function columns(values: PolicyValues) {
  return {
    allowedModels: values.allowedModels,
    allowedProviders: values.allowedProviders,
    allowMutations: values.replay.allowMutations,
  };
}
