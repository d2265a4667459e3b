import { and, desc, eq, isNull, lt, sql } from "drizzle-orm";
import type { DbHandle, Transaction } from "#/db/client.ts";
import { runRows } from "#/db/readable/runs.ts";
import { versionPrompts, workflows, workflowVersions } from "#/db/schema/workflows.ts";
import type { WorkflowDefinition } from "./definition.ts";
import { definitionJson, storedDefinition } from "./stored-definition.ts";

export type WorkflowRow = typeof workflows.$inferSelect;
type StoredVersion = typeof workflowVersions.$inferSelect;
export type VersionRow = Omit<StoredVersion, "definition"> & { definition: WorkflowDefinition };

/** A row of the table with its definition typed. */
export function versionRow(row: StoredVersion): VersionRow {
  return { ...row, definition: storedDefinition(row.definition) };
}

export async function findWorkflow(db: DbHandle, workspaceId: string, slug: string): Promise<WorkflowRow | null> {
  const [row] = await db
    .select()
    .from(workflows)
    .where(and(eq(workflows.workspaceId, workspaceId), eq(workflows.slug, slug)));
  return row ?? null;
}

export async function findWorkflowById(db: DbHandle, workspaceId: string, id: string): Promise<WorkflowRow | null> {
  const [row] = await db
    .select()
    .from(workflows)
    .where(and(eq(workflows.workspaceId, workspaceId), eq(workflows.id, id)));
  return row ?? null;
}

/** The row, locked: pushes to one workflow take their version numbers one after another. */
export async function lockWorkflow(tx: Transaction, workspaceId: string, slug: string): Promise<WorkflowRow | null> {
  const [row] = await tx
    .select()
    .from(workflows)
    .where(and(eq(workflows.workspaceId, workspaceId), eq(workflows.slug, slug)))
    .for("update");
  return row ?? null;
}

/** Null when the workspace has a workflow of this slug already. */
export async function insertWorkflow(tx: Transaction, row: typeof workflows.$inferInsert): Promise<WorkflowRow | null> {
  const [created] = await tx.insert(workflows).values(row).onConflictDoNothing().returning();
  return created ?? null;
}

export async function renameWorkflow(tx: Transaction, id: string, name: string): Promise<void> {
  await tx.update(workflows).set({ name }).where(eq(workflows.id, id));
}

// The outer column is written out: in a select of one table drizzle would name it "id" alone, which is the version's here.
const latestLive = sql<number | null>`(select max(v.version) from workflow_versions v
  where v.workflow_id = workflows.id and v.deleted_at is null)`;

export async function listWorkflowRows(db: DbHandle, workspaceId: string, slug?: string) {
  return db
    .select({ workflow: workflows, latestVersion: latestLive })
    .from(workflows)
    .where(and(eq(workflows.workspaceId, workspaceId), slug === undefined ? undefined : eq(workflows.slug, slug)))
    .orderBy(workflows.slug);
}

/** A version by number, or the newest that is not deleted. Deleted ones are found by number too: look at `deletedAt`. */
export async function findVersion(
  db: DbHandle,
  workflowId: string,
  version: number | "latest",
): Promise<VersionRow | null> {
  const rows = await db
    .select()
    .from(workflowVersions)
    .where(
      and(
        eq(workflowVersions.workflowId, workflowId),
        version === "latest" ? isNull(workflowVersions.deletedAt) : eq(workflowVersions.version, version),
      ),
    )
    .orderBy(desc(workflowVersions.version))
    .limit(1);
  return rows[0] ? versionRow(rows[0]) : null;
}

export async function listVersionRows(db: DbHandle, workflowId: string) {
  return db
    .select({
      id: workflowVersions.id,
      version: workflowVersions.version,
      contentHash: workflowVersions.contentHash,
      createdAt: workflowVersions.createdAt,
      createdBy: workflowVersions.createdBy,
    })
    .from(workflowVersions)
    .where(and(eq(workflowVersions.workflowId, workflowId), isNull(workflowVersions.deletedAt)))
    .orderBy(desc(workflowVersions.version));
}

/** Definitions of versions that are not deleted, newest first, `page` at a time: each has up to a megabyte. */
export async function* definitionsNewestFirst(db: DbHandle, workflowId: string, page = 5) {
  const { definition, version } = workflowVersions;
  const own = and(eq(workflowVersions.workflowId, workflowId), isNull(workflowVersions.deletedAt));
  for (let below: number | null = null; ;) {
    const rows: Pick<StoredVersion, "version" | "definition">[] = await db
      .select({ version, definition })
      .from(workflowVersions)
      .where(and(own, below === null ? undefined : lt(version, below)))
      .orderBy(desc(version))
      .limit(page);
    for (const row of rows) yield { version: row.version, definition: storedDefinition(row.definition) };
    const last = rows.at(-1);
    if (!last || rows.length < page) return;
    below = last.version;
  }
}

/** The number of the newest version that is not deleted; null when there is none. */
export async function latestVersionNumber(db: DbHandle, workflowId: string): Promise<number | null> {
  const [row] = await db
    .select({ version: workflowVersions.version })
    .from(workflowVersions)
    .where(and(eq(workflowVersions.workflowId, workflowId), isNull(workflowVersions.deletedAt)))
    .orderBy(desc(workflowVersions.version))
    .limit(1);
  return row?.version ?? null;
}

/**
 * Notes of versions for which no run waits that none will: whoever triggered one before it was there has committed by
 * now.
 */
export async function settleAwaitedVersions(db: DbHandle): Promise<void> {
  const v = workflowVersions;
  await db
    .update(v)
    .set({ awaited: false })
    .where(
      and(
        v.awaited,
        sql`${v.createdAt} < now() - interval '10 minutes'`,
        sql`not exists (select from ${runRows("r")} where r.workspace_id = ${v.workspaceId}
          and r.workflow_id = ${v.workflowId} and r.version = ${v.version} and r.version_id is null and r.status = 'pending')`,
      ),
    );
}

export async function findVersionByHash(
  db: DbHandle,
  workflowId: string,
  contentHash: string,
): Promise<VersionRow | null> {
  const [row] = await db
    .select()
    .from(workflowVersions)
    .where(
      and(
        eq(workflowVersions.workflowId, workflowId),
        eq(workflowVersions.contentHash, contentHash),
        isNull(workflowVersions.deletedAt),
      ),
    );
  return row ? versionRow(row) : null;
}

/** Inserts a version under the next number (never reused) and pins the prompts it names. */
export async function insertVersion(
  tx: Transaction,
  row: Omit<typeof workflowVersions.$inferInsert, "version" | "definition"> & { definition: WorkflowDefinition },
  prompts: { artifactId: string; contentHash: string }[],
): Promise<VersionRow> {
  const [numbered] = await tx
    .update(workflows)
    .set({ lastVersion: sql`${workflows.lastVersion} + 1` })
    .where(eq(workflows.id, row.workflowId))
    .returning({ version: workflows.lastVersion });
  const [created] = await tx
    .insert(workflowVersions)
    .values({ ...row, definition: definitionJson(row.definition), version: numbered?.version ?? 1 })
    .returning();
  const pins = prompts.map((prompt) => ({ versionId: row.id, ...prompt }));
  if (pins.length > 0) await tx.insert(versionPrompts).values(pins).onConflictDoNothing();
  return versionRow(created as StoredVersion);
}

/** False when the version does not exist or is deleted already. Its prompts are no longer pinned. */
export async function markVersionDeleted(tx: Transaction, workflowId: string, version: number): Promise<boolean> {
  const [row] = await tx
    .update(workflowVersions)
    .set({ deletedAt: sql`now()` })
    .where(
      and(
        eq(workflowVersions.workflowId, workflowId),
        eq(workflowVersions.version, version),
        isNull(workflowVersions.deletedAt),
      ),
    )
    .returning({ id: workflowVersions.id });
  if (!row) return false;
  await tx.delete(versionPrompts).where(eq(versionPrompts.versionId, row.id));
  return true;
}

export async function setPaused(
  tx: Transaction,
  workflowId: string,
  pause: { reason: string; by: string | null } | null,
): Promise<void> {
  await tx
    .update(workflows)
    .set({
      pausedAt: pause ? sql`now()` : null,
      pausedReason: pause?.reason ?? null,
      pausedBy: pause?.by ?? null,
    })
    .where(eq(workflows.id, workflowId));
}
