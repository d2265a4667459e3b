import type { PromptRevisionView } from "#/lib/contract/prompt.ts";
import { notFound } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { revisionKey, revisionTexts } from "./revision-lookup.ts";
import { selectArtifact, selectRevisions, type RevisionSummary } from "./store.ts";

type Page = { limit: number; before: number | null };
type Listed<View> = { data: View[]; next: number | null };

/** A page ends before its texts are larger than this together; it has one revision at least. */
const mostBytes = 4 * 1024 * 1024;

/**
 * An artifact's revisions, newest first: as many as the page asks for, fewer where their texts are long. `before` and
 * `next` are revision numbers. Throws not_found.
 */
export async function listRevisions(ctx: Ctx, artifactId: string, page: Page): Promise<Listed<PromptRevisionView>> {
  const { rows, hasMore } = await pageOf(ctx, artifactId, page);
  let bytes = 0;
  const fitting = rows.filter((row, index) => (bytes += row.bytes) <= mostBytes || index === 0);
  const texts = await revisionTexts(ctx.db, ctx.workspace.id, fitting);
  const data = fitting.flatMap((row) => {
    const text = texts.get(revisionKey(row));
    return text === undefined ? [] : [{ ...summaryView(row), text }];
  });
  return { data, next: hasMore || fitting.length < rows.length ? (fitting.at(-1)?.revision ?? null) : null };
}

/** The same without their texts, and always as many as the page asks for. */
export async function listRevisionSummaries(
  ctx: Ctx,
  artifactId: string,
  page: Page,
): Promise<Listed<Omit<PromptRevisionView, "text">>> {
  const { rows, hasMore } = await pageOf(ctx, artifactId, page);
  return { data: rows.map(summaryView), next: hasMore ? (rows.at(-1)?.revision ?? null) : null };
}

async function pageOf(
  ctx: Ctx,
  artifactId: string,
  { limit, before }: Page,
): Promise<{ rows: RevisionSummary[]; hasMore: boolean }> {
  authorize(ctx, "prompt:read");
  if (!(await selectArtifact(ctx.db, ctx.workspace.id, artifactId))) throw notFound("Prompt");
  const rows = await selectRevisions(ctx.db, ctx.workspace.id, artifactId, { limit: limit + 1, before });
  return { rows: rows.slice(0, limit), hasMore: rows.length > limit };
}

function summaryView(row: Omit<RevisionSummary, "bytes">): Omit<PromptRevisionView, "text"> {
  const { artifactId, contentHash, revision, createdBy } = row;
  return { artifactId, contentHash, revision, createdAt: row.createdAt.toISOString(), createdBy };
}

export function revisionView(row: Omit<RevisionSummary, "bytes"> & { text: string }): PromptRevisionView {
  return { ...summaryView(row), text: row.text };
}
