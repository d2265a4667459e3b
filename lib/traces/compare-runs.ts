import { ComparedRun, type RunComparison, type ValueDiff } from "#/lib/contract/compare.ts";
import type { MappingPairs } from "#/lib/contract/replay.ts";
import { inTurn } from "#/lib/core/loop-turns.ts";
import { loadRun } from "#/lib/runs/get-run.ts";
import { ownTexts } from "#/lib/runs/own-texts.ts";
import { runsAround, type RunWithSlug } from "#/lib/runs/run-store.ts";
import { runSummary } from "#/lib/runs/run-view.ts";
import { listSpans } from "#/lib/runs/span-store.ts";
import type { OwnTexts } from "#/lib/tools/canonical-call.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import {
  bodyDigests,
  lineageLinks,
  plainDigests,
  stepBodies,
  type BodyDigest,
  type StepBody,
} from "#/lib/runs/lineage-store.ts";
import { alignSteps } from "./align-steps.ts";
import { planReading, type UnlikePair } from "./body-reading.ts";
import { comparableSteps, comparedBodies, withoutOwnTexts, type BareStep } from "./compare-side.ts";
import { compareRuns, diffBodies, isKnownSame, type ComparedBodies, type PairDiffs } from "./compare.ts";
import { lineageMapping } from "./node-lineage.ts";
import type { DiffBudget } from "./value-diff.ts";

/** The most characters of values in all diffs of one comparison: some 10 MB on the wire. */
const maxComparisonChars = 8_000_000;

/**
 * Compares two runs of the workspace step by step, in whichever order they are named: `a` is the older one (for a
 * replay its source). Nodes are mapped as the replays between the two were. Throws `not_found` for either run.
 */
export async function compareTwoRuns(ctx: Ctx, runId: string, otherId: string): Promise<RunComparison> {
  authorize(ctx, "run:read");
  const [one, other] = await Promise.all([loadRun(ctx, runId), loadRun(ctx, otherId)]);
  const [older, newer] = isOlder(one, other) ? [one, other] : [other, one];
  const [stepsOfOlder, stepsOfNewer, mapping, digests] = await Promise.all([
    bareSteps(ctx, older),
    bareSteps(ctx, newer),
    mappingBetween(ctx, older, newer),
    bodyDigests(ctx.db, ctx.workspace.id, [older.run.id, newer.run.id]),
  ]);
  // Both runs' texts on both sides: an answer from the record holds the texts of the run that made it.
  const own = [...(await ownTextsOf(ctx, older)), ...(await ownTextsOf(ctx, newer))];
  const diffs = await diffUnlike(ctx, unlike(stepsOfOlder, stepsOfNewer, mapping, digests), own);
  const side = (row: RunWithSlug, steps: BareStep[]) => ({
    run: ComparedRun.parse(runSummary(ctx.workspace.slug, row)),
    steps,
  });
  return compareRuns(
    side(older, stepsOfOlder),
    side(newer, stepsOfNewer),
    mapping,
    (a) => diffs.get(a.spanId) ?? { arguments: null, output: null },
  );
}

async function ownTextsOf(ctx: Ctx, { run }: RunWithSlug): Promise<OwnTexts> {
  return ownTexts([run, ...(run.parentRun === null ? [] : await runsAround(ctx.db, run))]);
}

function isOlder({ run: a }: RunWithSlug, { run: b }: RunWithSlug): boolean {
  const between = a.createdAt.getTime() - b.createdAt.getTime();
  return between === 0 ? a.depth < b.depth || (a.depth === b.depth && a.id <= b.id) : between < 0;
}

async function bareSteps(ctx: Ctx, { run }: RunWithSlug): Promise<BareStep[]> {
  return comparableSteps(await listSpans(ctx.db, ctx.workspace.id, run.id), run.startedAt);
}

async function mappingBetween(ctx: Ctx, { run: a }: RunWithSlug, { run: b }: RunWithSlug): Promise<MappingPairs> {
  if (a.rootRun !== b.rootRun) return {};
  return lineageMapping(await lineageLinks(ctx.db, ctx.workspace.id, [a.id, b.id]), a.id, b.id);
}

type UnlikeSteps = UnlikePair & { steps: [a: BareStep, b: BareStep] };

/** Pairs whose bodies differ as text: only these are read, however long the runs are. */
function unlike(
  a: readonly BareStep[],
  b: readonly BareStep[],
  mapping: MappingPairs,
  digests: ReadonlyMap<string, BodyDigest>,
): UnlikeSteps[] {
  return alignSteps(a, b, mapping).flatMap((pair) => {
    if (!pair.a || !pair.b) return [];
    const [left, right] = [digests.get(pair.a.spanId), digests.get(pair.b.spanId)];
    const bytes = (left?.bytes ?? 0) + (right?.bytes ?? 0);
    const isSame = left?.input === right?.input && left?.output === right?.output;
    return isSame ? [] : [{ a: pair.a.spanId, b: pair.b.spanId, bytes, steps: [pair.a, pair.b] }];
  });
}

/** Where these pairs differ, by the id of the first span; bodies are read a group at a time, then released. */
async function diffUnlike(ctx: Ctx, pairs: UnlikeSteps[], own: OwnTexts): Promise<Map<string, PairDiffs>> {
  const { groups, unread } = planReading(pairs);
  const diffs = new Map<string, PairDiffs>();
  const budget: DiffBudget = { chars: maxComparisonChars };
  for (const group of groups) {
    const bodies = await stepBodies(ctx.db, ctx.workspace.id, bothOf(group));
    for (const { a, steps } of group) {
      await inTurn(ctx.workspace.id, () => {
        const [left, right] = steps.map((step) => withBodies(step, bodies, own));
        if (left && right) diffs.set(a, diffBodies(left, right, budget));
      });
    }
  }
  const digests = await plainDigests(ctx.db, ctx.workspace.id, bothOf(unread), own);
  for (const { a, b, steps } of unread) {
    const [left, right] = [digests.get(a), digests.get(b)];
    diffs.set(a, {
      arguments: left?.input === right?.input || isKnownSame(...steps) ? null : unshown,
      output: left?.output === right?.output ? null : unshown,
    });
  }
  return diffs;
}

/** The entry for bodies that differ and were not read. */
const unshown: ValueDiff = { changes: [], truncated: true };

function bothOf(pairs: readonly UnlikePair[]): string[] {
  return pairs.flatMap(({ a, b }) => [a, b]);
}

function withBodies(step: BareStep, bodies: ReadonlyMap<string, StepBody>, own: OwnTexts): BareStep & ComparedBodies {
  const { input, output } = bodies.get(step.spanId) ?? { input: null, output: null };
  const plain = { input: withoutOwnTexts(input, own), output: withoutOwnTexts(output, own) };
  return { ...step, ...comparedBodies(step.type, plain) };
}
