import type { DifferingCall, Run } from "#/lib/contract/run.ts";
import { notFound } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize, isPermitted } from "#/lib/tenancy/permissions.ts";
import { listDifferingCalls } from "./differing-calls-store.ts";
import { findRun, findRunBody, findRunTexts, runExists, type RunWithSlug } from "./run-store.ts";
import { runView } from "./run-view.ts";

const mostDifferingCalls = 20;

/** One run with payload and output. Throws `not_found` (also for another workspace's run). */
export async function getRun(ctx: Ctx, id: string): Promise<Run> {
  const { row, body, differing } = await readRun(ctx, id, findRunBody);
  return runView(ctx.workspace.slug, row, body, differing);
}

/**
 * The same as JSON text. Payload and output may have megabytes: what is stored as text is not parsed only to be written
 * again.
 */
export async function getRunText(ctx: Ctx, id: string): Promise<string> {
  const { row, body, differing } = await readRun(ctx, id, findRunTexts);
  const { payload: _payload, output: _output, ...rest } = runView(ctx.workspace.slug, row, null, differing);
  return `${JSON.stringify(rest).slice(0, -1)},"payload":${body?.payload ?? null},"output":${body?.output ?? null}}`;
}

async function readRun<Body>(
  ctx: Ctx,
  id: string,
  readBody: (db: Ctx["db"], workspaceId: string, id: string) => Promise<Body>,
): Promise<{ row: RunWithSlug; body: Body; differing: DifferingCall[] }> {
  authorize(ctx, "run:read");
  const row = await loadRun(ctx, id);
  // Read after the row: a run that was seen as completed has its output by then.
  const [body, differing] = await Promise.all([
    readBody(ctx.db, ctx.workspace.id, id),
    hasDifferingCalls(row) ? listDifferingCalls(ctx.db, ctx.workspace.id, id, mostDifferingCalls) : [],
  ]);
  return { row, body, differing };
}

/**
 * What a verb answers after it changed a run: the run, without its contents (payload, output, error, calls) for a
 * caller who may change runs but not read them. It refuses nobody, since the change has already happened.
 */
export async function changedRun(ctx: Ctx, id: string): Promise<Run> {
  if (isPermitted(ctx.actor, "run:read")) return getRun(ctx, id);
  return { ...runView(ctx.workspace.slug, await loadRun(ctx, id), null, []), error: null };
}

/** Decided by the totals, so that the spans of runs without such calls are not searched. */
function hasDifferingCalls({ run }: RunWithSlug): boolean {
  return (run.effects?.neverMadeByOriginal ?? 0) + (run.effects?.otherArguments ?? 0) > 0;
}

/** The run's row or `not_found`; for verbs that have already authorised the caller. */
export async function loadRun(ctx: Ctx, id: string): Promise<RunWithSlug> {
  const row = await findRun(ctx.db, ctx.workspace.id, id);
  if (!row) throw notFound("Run");
  return row;
}

/**
 * `not_found` unless the run is one of the workspace: for reads of its parts, which need nothing of its row (that of an open
 * run has its steps counted).
 */
export async function assertRun(ctx: Ctx, id: string): Promise<void> {
  if (!(await runExists(ctx.db, ctx.workspace.id, id))) throw notFound("Run");
}
