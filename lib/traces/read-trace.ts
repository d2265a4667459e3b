import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { isFinal } from "#/lib/contract/status.ts";
import type { TraceSkeleton } from "#/lib/contract/trace.ts";
import { loadRun } from "#/lib/runs/get-run.ts";
import type { RunRow } from "#/lib/runs/run-store.ts";
import { listSpans, type SpanRow as StoredSpan } from "#/lib/runs/span-store.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { buildSkeleton } from "./skeleton.ts";
import type { SpanRow } from "./span-row.ts";
import { findSkeleton, storeSkeleton } from "./store.ts";

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/**
 * The skeleton of a run: columns, no bodies. With `after` (a `rev` that the reader has) and nothing newer, returns
 * count 0 and that rev. Throws `not_found`.
 */
export async function readTrace(ctx: Ctx, id: string, options: { after?: number } = {}): Promise<TraceSkeleton> {
  const read = await readTraceGzip(ctx, id, options);
  if ("gzip" in read) return JSON.parse((await decompress(read.gzip)).toString("utf8")) as TraceSkeleton;
  return read.skeleton;
}

/**
 * As readTrace, but the skeleton of a finished run comes as the gzipped JSON that is stored for it: it is built and
 * stored at the first read and passed on unparsed.
 */
export async function readTraceGzip(
  ctx: Ctx,
  id: string,
  options: { after?: number } = {},
): Promise<{ gzip: Uint8Array } | { skeleton: TraceSkeleton }> {
  authorize(ctx, "run:read");
  const { run } = await loadRun(ctx, id);
  if (!isFinal(run.status)) return { skeleton: await build(ctx, run, options.after) };
  if (options.after !== undefined && options.after >= run.rev) return { skeleton: unchanged(run, options.after) };
  const stored = await findSkeleton(ctx.db, ctx.workspace.id, id, run.rev);
  if (stored) return { gzip: stored };
  const packed = await compress(JSON.stringify(await build(ctx, run)));
  await storeSkeleton(ctx.db, id, run.rev, packed);
  return { gzip: packed };
}

async function build(ctx: Ctx, run: RunRow, after?: number): Promise<TraceSkeleton> {
  const rows = await listSpans(ctx.db, ctx.workspace.id, run.id);
  const rev = rows.reduce((most, row) => Math.max(most, row.rev), run.rev);
  if (after !== undefined && rev <= after) return unchanged(run, after);
  return buildSkeleton(rows.map(traceRow), {
    runId: run.id,
    status: run.status,
    rev,
    startedAt: run.startedAt,
  });
}

function unchanged(run: RunRow, rev: number): TraceSkeleton {
  return buildSkeleton([], { runId: run.id, status: run.status, rev, startedAt: run.startedAt });
}

function traceRow(row: StoredSpan): SpanRow {
  return { ...row, reusedFromSpan: row.reusedSpan };
}
