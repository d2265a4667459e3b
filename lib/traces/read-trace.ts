import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { isFinal } from "#/lib/contract/status.ts";
import { inPieces } from "#/lib/core/loop-turns.ts";
import { Slots } from "#/lib/core/slots.ts";
import { loadRun } from "#/lib/runs/get-run.ts";
import type { RunRow } from "#/lib/runs/run-store.ts";
import { lastChange, listTraceRows } from "#/lib/runs/trace-rows-store.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { SharedBuilds } from "./shared-builds.ts";
import { buildSkeleton, skeletonText } from "./skeleton.ts";
import { findSkeleton, storeSkeleton } from "./store.ts";

const compress = promisify(gzip);
const decompress = promisify(gunzip);
const builds = new SharedBuilds<string>();
/** A long run has at least so many changes; its build holds all of its rows, so only some are made at a time. */
const changesOfLong = 10_000;
const longBuilds = new Slots(2);

/**
 * The skeleton of a run as JSON text (contract/trace.ts): columns, no bodies. With `after` (a `rev` that the reader has) and
 * nothing newer, count 0 and that rev. Throws `not_found`.
 */
export async function readTraceText(ctx: Ctx, id: string, options: { after?: number } = {}): Promise<string> {
  const read = await readTraceGzip(ctx, id, options);
  return "gzip" in read ? (await decompress(read.gzip)).toString("utf8") : read.text;
}

/**
 * As readTraceText, but the skeleton of a finished run comes as the gzipped JSON that is stored for it: it is built and
 * stored at the first read and passed on unparsed.
 */
export async function readTraceGzip(
  ctx: Ctx,
  id: string,
  options: { after?: number } = {},
): Promise<{ gzip: Uint8Array } | { text: string }> {
  authorize(ctx, "run:read");
  const { run } = await loadRun(ctx, id);
  const rev = isFinal(run.status) ? run.rev : await revOf(ctx, run);
  if (options.after !== undefined && options.after >= rev) return { text: unchanged(run, options.after) };
  if (!isFinal(run.status)) return { text: await built(ctx, run, rev) };
  const stored = await findSkeleton(ctx.db, ctx.workspace.id, id, run.rev);
  if (stored) return { gzip: stored };
  const packed = await compress(await built(ctx, run, rev));
  await storeSkeleton(ctx.db, id, run.rev, packed);
  return { gzip: packed };
}

/** Of a run that has at least what there was at `rev`. The run's own numbers grow with its status. */
function built(ctx: Ctx, { id }: RunRow, rev: number): Promise<string> {
  return builds.get({ owner: ctx.workspace.id, key: id, rev }, async (seen) => {
    const { run } = await loadRun(ctx, id);
    // What changes while the pages are read is newer than this, so its reader asks once more and gets it.
    const seenRev = await revOf(ctx, run);
    seen(seenRev);
    const { status, startedAt } = run;
    const build = async () => {
      const rows = await listTraceRows(ctx.db, ctx.workspace.id, id);
      return inPieces(ctx.workspace.id, skeletonText(rows, { runId: id, status, rev: seenRev, startedAt }));
    };
    return seenRev < changesOfLong ? build() : longBuilds.hold(build);
  });
}

async function revOf(ctx: Ctx, run: RunRow): Promise<number> {
  return Math.max(run.rev, await lastChange(ctx.db, ctx.workspace.id, run.id));
}

function unchanged(run: RunRow, rev: number): string {
  return JSON.stringify(buildSkeleton([], { runId: run.id, status: run.status, rev, startedAt: run.startedAt }));
}
