import { and, asc, desc, eq, getTableColumns, inArray, isNull, lt, sql } from "drizzle-orm";
import type { DbHandle, Transaction } from "#/db/client.ts";
import { behindRow } from "#/db/keyset-condition.ts";
import { promptPins, versionRows, workflowRows } from "#/db/readable/workflows.ts";
import { promptArtifacts, promptRevisions } from "#/db/schema/prompts.ts";
import type { After } from "#/lib/tenancy/keyset.ts";

export type RevisionRow = typeof promptRevisions.$inferSelect;
export type SummaryRow = { id: string; name: string; createdAt: Date; latestHash: string | null; revisions: number };

const summaryColumns = {
  id: promptArtifacts.id,
  name: promptArtifacts.name,
  createdAt: promptArtifacts.createdAt,
  latestHash: sql<string | null>`(select r.content_hash from prompt_revisions r
    where r.artifact_id = prompt_artifacts.id order by r.revision desc limit 1)`,
  revisions: sql<number>`(select count(*)::int from prompt_revisions r where r.artifact_id = prompt_artifacts.id)`,
};

function isArtifact(workspaceId: string, id: string) {
  return and(eq(promptArtifacts.workspaceId, workspaceId), eq(promptArtifacts.id, id));
}

/** Newest first. */
export function selectArtifacts(
  db: DbHandle,
  workspaceId: string,
  page: { limit: number; after: After | null },
): Promise<SummaryRow[]> {
  return db
    .select(summaryColumns)
    .from(promptArtifacts)
    .where(and(eq(promptArtifacts.workspaceId, workspaceId), behindRow(promptArtifacts, page.after)))
    .orderBy(desc(promptArtifacts.createdAt), desc(promptArtifacts.id))
    .limit(page.limit);
}

export async function selectArtifact(db: DbHandle, workspaceId: string, id: string): Promise<SummaryRow | null> {
  const rows = await db.select(summaryColumns).from(promptArtifacts).where(isArtifact(workspaceId, id));
  return rows[0] ?? null;
}

/** Serialises the revisions of one artifact; false when it does not exist. */
export async function lockArtifact(tx: Transaction, workspaceId: string, id: string): Promise<boolean> {
  const rows = await tx
    .select({ id: promptArtifacts.id })
    .from(promptArtifacts)
    .where(isArtifact(workspaceId, id))
    .for("update");
  return rows.length === 1;
}

/** False when the workspace has a prompt of that name. */
export async function insertArtifact(tx: Transaction, row: typeof promptArtifacts.$inferInsert): Promise<boolean> {
  const rows = await tx.insert(promptArtifacts).values(row).onConflictDoNothing().returning({ id: promptArtifacts.id });
  return rows.length === 1;
}

export async function insertRevision(tx: Transaction, row: typeof promptRevisions.$inferInsert): Promise<void> {
  await tx.insert(promptRevisions).values(row);
}

export async function selectRevision(
  db: DbHandle,
  workspaceId: string,
  artifactId: string,
  hash: string,
): Promise<RevisionRow | null> {
  const rows = await db
    .select()
    .from(promptRevisions)
    .where(
      and(
        eq(promptRevisions.workspaceId, workspaceId),
        eq(promptRevisions.artifactId, artifactId),
        eq(promptRevisions.contentHash, hash),
      ),
    );
  return rows[0] ?? null;
}

export function selectRevisionTexts(
  db: DbHandle,
  workspaceId: string,
  refs: readonly { artifactId: string; contentHash: string }[],
): Promise<{ artifactId: string; contentHash: string; text: string }[]> {
  const { artifactId, contentHash, text } = promptRevisions;
  const each = (values: string[]) => [...new Set(values)];
  return db
    .select({ artifactId, contentHash, text })
    .from(promptRevisions)
    .where(
      and(
        eq(promptRevisions.workspaceId, workspaceId),
        inArray(artifactId, each(refs.map((ref) => ref.artifactId))),
        inArray(contentHash, each(refs.map((ref) => ref.contentHash))),
      ),
    );
}

/** The bytes of these texts together, without reading them; each counts as often as it is named. */
export async function measureRevisions(
  db: DbHandle,
  workspaceId: string,
  refs: readonly { artifactId: string; contentHash: string }[],
): Promise<number> {
  const column = (values: string[]) => sql`${sql.param(values)}::text[]`;
  const [row] = await db.execute<{ bytes: number }>(sql`
    select coalesce(sum(octet_length(r.text)), 0)::float8 as bytes
    from unnest(${column(refs.map((ref) => ref.artifactId))}, ${column(refs.map((ref) => ref.contentHash))})
      as ref (artifact_id, content_hash)
    join prompt_revisions r on r.artifact_id = ref.artifact_id and r.content_hash = ref.content_hash
    where r.workspace_id = ${workspaceId}`);
  return row?.bytes ?? 0;
}

export type RevisionSummary = Omit<RevisionRow, "text"> & { bytes: number };

/** Without texts. Newest first; `before` is the revision number of the last one shown. */
export function selectRevisions(
  db: DbHandle,
  workspaceId: string,
  artifactId: string,
  page: { limit: number; before: number | null },
): Promise<RevisionSummary[]> {
  const { text, ...columns } = getTableColumns(promptRevisions);
  return db
    .select({ ...columns, bytes: sql<number>`octet_length(${text})` })
    .from(promptRevisions)
    .where(
      and(
        eq(promptRevisions.workspaceId, workspaceId),
        eq(promptRevisions.artifactId, artifactId),
        page.before === null ? undefined : lt(promptRevisions.revision, page.before),
      ),
    )
    .orderBy(desc(promptRevisions.revision))
    .limit(page.limit);
}

export async function selectHighestRevision(tx: Transaction, artifactId: string): Promise<number> {
  const rows = await tx
    .select({ highest: sql<number>`coalesce(max(${promptRevisions.revision}), 0)::int` })
    .from(promptRevisions)
    .where(eq(promptRevisions.artifactId, artifactId));
  return rows[0]?.highest ?? 0;
}

/** Versions that are not deleted and pin a revision of the artifact; at most ten, for the message. */
export function selectPins(db: DbHandle, artifactId: string): Promise<{ workflow: string; version: number }[]> {
  const [pin, version, workflow] = [promptPins("pin"), versionRows("version"), workflowRows("workflow")];
  return db
    .selectDistinct({ workflow: workflow.slug, version: version.version })
    .from(pin)
    .innerJoin(version, eq(version.id, pin.versionId))
    .innerJoin(workflow, eq(workflow.id, version.workflowId))
    .where(and(eq(pin.artifactId, artifactId), isNull(version.deletedAt)))
    .orderBy(asc(workflow.slug), asc(version.version))
    .limit(10);
}

/** Removes the artifact with its revisions. The pins of deleted versions are already gone. */
export async function deleteArtifact(tx: Transaction, workspaceId: string, id: string): Promise<void> {
  await tx.delete(promptArtifacts).where(isArtifact(workspaceId, id));
}
