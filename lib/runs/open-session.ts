import { database } from "#/db/client.ts";
import { env } from "#/lib/core/env.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { gather } from "#/lib/core/gather.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { Slots } from "#/lib/core/slots.ts";
import { loadRevision } from "#/lib/prompts/load-revision.ts";
import { maxPromptBytes, tooManyPrompts } from "#/lib/prompts/revision-lookup.ts";
import { loadEnvironments } from "#/lib/tenancy/variables.ts";
import { createGuardedFetch, type GuardedInit } from "#/lib/tools/guarded-fetch.ts";
import { toolFetch } from "#/lib/tools/way-out.ts";
import type { NodeDefinition, WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { readInput } from "#/lib/workflows/read-input.ts";
import { placedNodes } from "#/lib/workflows/node-walk.ts";
import { auditPromptIntegrity } from "./engine-audit.ts";
import type { Claim } from "./claim-store.ts";
import { ownTransforms, readsOf, type Reads } from "./node-reads.ts";
import { LevelOutputs, Outputs } from "./outputs.ts";
import { ownTexts } from "./own-texts.ts";
import { callsModel, effectivePrompt, mappedNodeId, noOverrides, type RunOverrides } from "./overrides.ts";
import { RecordedCalls } from "./recorded-calls.ts";
import { callRecords } from "./recorded-calls-store.ts";
import { runsAround, type RunRow } from "./run-store.ts";
import { StopSignal, type Session } from "./session.ts";
import { startRefusals } from "./start-refusals.ts";
import type { MapThen } from "./recorded-list.ts";
import { mappedStepKey } from "./step-key.ts";
import { hopsOf, splitPath } from "./step-path.ts";
import { isAnswered, StepTree, type NodeNow } from "./step-tree.ts";
import { isEnded } from "./span-record.ts";
import { listSpans, spansWithBody, type SpanRow } from "./span-store.ts";
import { SpanWriter } from "./span-writer.ts";
import { childrenBySpan } from "./wait-store.ts";

/** The process's ways out to the world: tools with the ordinary limits, providers with those of the model gateway. */
function waysOut(writer: SpanWriter): Pick<Session, "fetch" | "providerFetch"> {
  const limits = { timeoutMs: Infinity, maxBytes: maxProviderBytes };
  return {
    fetch: whileHeld(toolFetch(), writer),
    providerFetch: {
      workspace: whileHeld(createGuardedFetch({ ...limits, allow: env("REPRISE_EGRESS_ALLOW") }), writer),
      // The installation's addresses are the operator's own.
      installation: whileHeld(createGuardedFetch({ ...limits, allow: "any" }), writer),
    },
  };
}

/**
 * A worker may be frozen between deciding on a call and sending it, and may have lost the run by the time it goes on.
 * So the run must still be held when the connection is open. This is checked last, after all other checks: anything
 * slow after it would leave time to lose the run. Commits are waited for before the other checks: what these allow may
 * be forbidden while a commit takes its time.
 */
function whileHeld(way: typeof fetch, writer: SpanWriter): typeof fetch {
  return (input, init: GuardedInit = {}) => {
    const beforeSend = async () => {
      await writer.assertHeld();
      await init.beforeSend?.();
      await writer.assertStillHeld();
    };
    return way(input, { ...init, beforeSend } as GuardedInit);
  };
}

/** Runs that start together share one read. */
const environmentOf = gather((places: RunRow[]) => loadEnvironments(database(), places), 50);

/** The number of a run that was only created and started: every span takes a number of its counter, so it has none. */
const revOfFirstStart = 2;
/** The most calls of one run at once: as many as one map may have items at once, however maps are nested. */
const callsAtOnce = 100;
const maxProviderBytes = 256 * 1024 * 1024;

/**
 * Gathers what a claimed run needs. `foundLong`: see Session. Throws DomainError when the run may not start, before anything is called:
 * `source_version_unavailable`, `workflow_paused`, `prompt_not_found`, `prompt_hash_mismatch`.
 */
export async function openSession(claim: Claim, owner: string, foundLong = () => false): Promise<Session> {
  const claimedAt = performance.now();
  const { run, workspace, workflow, version, body } = claim;
  const [earlierRows, environment] = await Promise.all([
    run.rev === revOfFirstStart ? [] : listSpans(database(), run.workspaceId, run.id),
    environmentOf(run),
  ]);
  const definition: WorkflowDefinition = version?.definition ?? { name: "", nodes: [] };
  const plan = body.replayPlan as { overrides?: RunOverrides; ways?: string[] } | null;
  const overrides = plan?.overrides ?? noOverrides;
  const earlier = new Map(earlierRows.map((row) => [row.key, row]));
  const stop = new StopSignal();
  const writer = new SpanWriter(
    { id: run.id, workspaceId: run.workspaceId, owner },
    { seq: (earlierRows.at(-1)?.seq ?? 0) + 1, rev: run.rev, earlier, claimedAt },
    environment.secrets,
    { control: (control) => stop.stop(control), long: foundLong },
  );
  const outputs = new Outputs(run.workspaceId, () => writer.committed());
  const level = new LevelOutputs();
  await outputs.restore(level, await endedSteps(run, earlierRows));
  const session: Omit<Session, "reads"> = {
    run,
    owner,
    workspace: { id: workspace.id, slug: workspace.slug, name: workspace.name, accountId: workspace.accountId },
    definition,
    overrides,
    scope: {
      trigger: (await readInput({ workspaceId: run.workspaceId, definition }, body.payload)).trigger,
      env: environment.values,
      run: runFacts(run, workflow.slug),
    },
    outputs,
    level,
    prompts: new Map(),
    writer,
    earlier,
    ...(await original(run, overrides, earlierRows, new Set(plan?.ways))),
    ownTexts: ownTexts([run, ...(run.parentRun === null ? [] : await runsAround(database(), run))]),
    transforms: new Map(
      placedNodes(definition).flatMap(({ node }) =>
        node.type === "transform" ? [[node.id, node.value as Json] as const] : [],
      ),
    ),
    stop,
    foundLong,
    ...waysOut(writer),
    calls: new Slots(callsAtOnce),
    computing: new Slots(1),
    spent: { micros: earlierRows.reduce((sum, row) => sum + (row.costMicros ?? 0), 0) },
  };
  if (run.control) stop.stop(run.control);
  // Whatever happens after the first step has begun no longer keeps the run from continuing.
  const begins = earlierRows.every((row) => row.reusedSpan !== null || row.startedAt === null);
  if (!version || (begins && version.deletedAt)) throw startRefused("source_version_unavailable");
  if (begins && workflow.pausedAt) throw startRefused("workflow_paused");
  const prompts = await loadPrompts(session);
  return { ...session, prompts, reads: readsIn({ overrides, prompts, own: ownTransforms(session.transforms) }) };
}

/** What each node reads, worked out once. */
function readsIn(around: Parameters<typeof readsOf>[1]): Session["reads"] {
  const known = new Map<NodeDefinition, Reads>();
  return (node) => {
    const reads = known.get(node) ?? readsOf(node, around);
    known.set(node, reads);
    return reads;
  };
}

function startRefused(code: keyof typeof startRefusals): DomainError {
  return new DomainError(code, startRefusals[code]);
}

/**
 * The steps that have ended and are not inside a map. Throws `step_failed` when the record of a step or an item is gone
 * that the run reuses.
 */
async function endedSteps(run: RunRow, rows: SpanRow[]): Promise<SpanRow[]> {
  const reused = reusedWhole(rows);
  const there = await spansWithBody(database(), run.workspaceId, [...reused.keys()]);
  const gone = [...reused].find(([holder]) => !there.has(holder))?.[1];
  if (gone)
    throw new DomainError("step_failed", `The record of ${gone.key}, which this run reuses, is no longer kept.`);
  return rows.filter((row) => row.parentId === null && isAnswered(row));
}

/** The reused steps and items whose output the run reads, by the span that holds it: not what is inside of them. */
function reusedWhole(rows: readonly SpanRow[]): Map<string, SpanRow> {
  const inside = new Set(rows.flatMap(({ id, reusedSpan }) => (reusedSpan === null ? [] : [id])));
  const found = new Map<string, SpanRow>();
  for (const row of rows)
    if (row.reusedSpan !== null && row.status === "completed" && !inside.has(row.parentId ?? ""))
      found.set(row.reusedSpan, row);
  return found;
}

type Original = Pick<Session, "recorded" | "sourceChildren" | "from">;

/**
 * What a gated run may be answered from, and what it has already taken if an earlier worker began it; and the steps that
 * it starts inside of.
 */
async function original(
  run: RunRow,
  overrides: RunOverrides,
  earlier: SpanRow[],
  ways: ReadonlySet<string>,
): Promise<Original> {
  if (!run.gated) return { recorded: null, sourceChildren: null, from: { ways, maps: new Map() } };
  const source = run.replayOf === null ? [] : await listSpans(database(), run.workspaceId, run.replayOf);
  // A step that was reused started its run in the run that executed it.
  const origin = (span: SpanRow) => span.reusedSpan ?? span.id;
  const hosts = source.filter((span) => span.kind === "workflow");
  const [children, calls] = await Promise.all([
    childrenBySpan(database(), run.workspaceId, hosts.map(origin)),
    callRecords(database(), run.workspaceId, source),
  ]);
  const nodeNow = (nodeId: string) => mappedNodeId(nodeId, overrides);
  const pathNow = (key: string) => mappedStepKey(key, nodeNow);
  const recorded = new RecordedCalls(calls, { node: nodeNow, key: pathNow });
  // One that has not ended yet (it waits for its next attempt, or its worker died) asks the gate again when it
  // continues. Those whose answer is known come first: what the others took is found by their place alone.
  for (const row of earlier.toSorted((a, b) => Number(a.recordedSpan === null) - Number(b.recordedSpan === null)))
    if (
      row.mutating &&
      row.callSignature !== null &&
      row.tool !== null &&
      row.reusedSpan === null &&
      isEnded(row.status)
    )
      recorded.restore(
        { nodeId: row.nodeId, key: row.key, tool: row.tool, signature: row.callSignature },
        row.recordedSpan,
      );
  const started = new Map(hosts.map((span) => [pathNow(span.key), children.get(origin(span)) ?? null]));
  return {
    recorded,
    sourceChildren: (at) => started.get(at) ?? null,
    from: { ways, maps: mapsThen(run, source, nodeNow, ways) },
  };
}

/** Throws `step_failed` when one is gone. */
function mapsThen(
  { fromNodeId }: RunRow,
  source: readonly SpanRow[],
  nodeNow: NodeNow,
  ways: ReadonlySet<string>,
): Map<string, MapThen> {
  if (ways.size === 0 || fromNodeId === null) return new Map();
  const { own, inside } = splitPath(fromNodeId);
  const found = new StepTree(source, nodeNow).mapsOn(hopsOf(own) ?? []).filter(({ key }) => ways.has(key));
  const host = inside === null ? 0 : Number(ways.has(own));
  if (found.length < ways.size - host)
    throw new DomainError("step_failed", `The record that this run repeats from ${fromNodeId} is no longer kept.`);
  return new Map(found.map(({ key, ...then }) => [key, then]));
}

/** Every prompt text that the run will use, checked against its hash now, before any provider or tool is called. */
async function loadPrompts(session: Omit<Session, "reads">): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  let bytes = 0;
  for (const { node } of placedNodes(session.definition)) {
    const pin = callsModel(node) ? effectivePrompt(node, session.overrides) : null;
    if (!pin || texts.has(`${pin.artifact}@${pin.hash}`)) continue;
    const text = await loadPrompt(session, pin);
    bytes += Buffer.byteLength(text);
    if (bytes > maxPromptBytes) throw tooManyPrompts();
    texts.set(`${pin.artifact}@${pin.hash}`, text);
  }
  return texts;
}

async function loadPrompt(
  session: Pick<Session, "workspace" | "run">,
  pin: { artifact: string; hash: string },
): Promise<string> {
  try {
    const revision = await loadRevision(database(), session.workspace.id, pin.artifact, pin.hash);
    if (revision) return revision.text;
  } catch (error) {
    if (error instanceof DomainError && error.code === "prompt_hash_mismatch")
      await auditPromptIntegrity(session.workspace, session.run.id, pin);
    throw error;
  }
  throw new DomainError("prompt_not_found", `The prompt ${pin.artifact} with ${pin.hash} no longer exists.`);
}

function runFacts(run: RunRow, workflow: string): JsonObject {
  const facts: { [name: string]: Json } = {
    id: run.id,
    workflow,
    version: run.version,
    environment: run.environment,
    createdAt: run.createdAt.toISOString(),
    isReplay: run.replayOf !== null,
    replayOf: run.replayOf,
    batch: run.batchId,
  };
  return facts;
}
