import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { isFinal } from "#/lib/contract/status.ts";
import { mostSegmentRows, usualSegmentRows } from "#/lib/contract/trace.ts";
import { notFound } from "#/lib/core/errors.ts";
import { inPieces } from "#/lib/core/loop-turns.ts";
import { Slots } from "#/lib/core/slots.ts";
import {
  findTracedRun,
  lastChange,
  listTraceRows,
  tracesChangedAfter,
  type TracedRun,
} from "#/lib/runs/trace-rows-store.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { buildSegment } from "./segment.ts";
import { SharedBuilds } from "./shared-builds.ts";
import { buildSkeleton, skeletonText } from "./skeleton.ts";
import { findSkeleton, storeSkeleton } from "./store.ts";

/** A revision that the reader has, and how many changed spans it takes at once. */
export type TraceQuery = { after?: number; limit?: number };

const compress = promisify(gzip);
const decompress = promisify(gunzip);
const builds = new SharedBuilds<string>();
/** A long run has at least so many changes; its build holds all of its rows, so only some are made at a time. */
const changesOfLong = 10_000;
const longBuilds = new Slots(2);

/**
 * A run's trace as JSON text (contract/trace.ts). Without `after`: the skeleton, columns without bodies. With it (a `rev` that
 * the reader has): of a running run a segment, what changed since; of a finished one the skeleton, or, where nothing is
 * newer, count 0 and that rev. Throws `not_found`.
 */
export async function readTraceText(ctx: Ctx, id: string, query: TraceQuery = {}): Promise<string> {
  const read = await readTraceGzip(ctx, id, query);
  return "gzip" in read ? (await decompress(read.gzip)).toString("utf8") : read.text;
}

/**
 * As readTraceText, but the skeleton of a finished run comes as the gzipped JSON that is stored for it: it is built and
 * stored at the first read and passed on unparsed.
 */
export async function readTraceGzip(
  ctx: Ctx,
  id: string,
  query: TraceQuery = {},
): Promise<{ gzip: Uint8Array } | { text: string }> {
  authorize(ctx, "run:read");
  const run = await tracedRun(ctx, id);
  if (!isFinal(run.status)) {
    if (query.after !== undefined) return { text: await readSegment(ctx, run, query.after, query.limit) };
    return { text: await built(ctx, run, await revOf(ctx, run)) };
  }
  if (query.after !== undefined && query.after >= run.rev) return { text: unchanged(run, query.after) };
  const stored = await findSkeleton(ctx.db, ctx.workspace.id, id, run.rev);
  if (stored) return { gzip: stored };
  const packed = await compress(await built(ctx, run, run.rev));
  await storeSkeleton(ctx.db, id, run.rev, packed);
  return { gzip: packed };
}

/** What it costs depends on what changed, not on the run. */
async function readSegment(ctx: Ctx, run: TracedRun, after: number, limit = usualSegmentRows): Promise<string> {
  const most = Math.min(limit, mostSegmentRows);
  const found = await tracesChangedAfter(ctx.db, ctx.workspace.id, run.id, after, most + 1);
  const rows = found.slice(0, most);
  const hasMore = found.length > most;
  const last = rows.at(-1)?.rev ?? after;
  // The run was read first: what had changed by its own number is among the rows.
  const rev = hasMore ? last : Math.max(after, last, run.rev);
  return JSON.stringify(buildSegment(rows, { ...skeletonRun(run), rev }, hasMore));
}

async function tracedRun(ctx: Ctx, id: string): Promise<TracedRun> {
  const run = await findTracedRun(ctx.db, ctx.workspace.id, id);
  if (!run) throw notFound("Run");
  return run;
}

/** Of a run that has at least what there was at `rev`. The run's own numbers grow with its status. */
function built(ctx: Ctx, { id }: TracedRun, rev: number): Promise<string> {
  return builds.get({ owner: ctx.workspace.id, key: id, rev }, async (seen) => {
    const run = await tracedRun(ctx, id);
    // What changes while the pages are read is newer than this, so its reader asks once more and gets it.
    const seenRev = await revOf(ctx, run);
    seen(seenRev);
    const build = async () => {
      const rows = await listTraceRows(ctx.db, ctx.workspace.id, id);
      return inPieces(ctx.workspace.id, skeletonText(rows, { ...skeletonRun(run), rev: seenRev }));
    };
    return seenRev < changesOfLong ? build() : longBuilds.hold(build);
  });
}

async function revOf(ctx: Ctx, run: TracedRun): Promise<number> {
  return Math.max(run.rev, await lastChange(ctx.db, ctx.workspace.id, run.id));
}

function skeletonRun({ id, status, rev, startedAt }: TracedRun) {
  return { runId: id, status, rev, startedAt };
}

function unchanged(run: TracedRun, rev: number): string {
  return JSON.stringify(buildSkeleton([], { ...skeletonRun(run), rev }));
}
