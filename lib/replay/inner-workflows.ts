import type { DbHandle } from "#/db/client.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { innerVersion, isOnSourceVersion } from "#/lib/runs/inner-version.ts";
import type { CallRecord } from "#/lib/runs/recorded-calls.ts";
import { listCallRecords } from "#/lib/runs/recorded-calls-store.ts";
import type { RunRow } from "#/lib/runs/run-store.ts";
import { childrenOfSteps } from "#/lib/runs/wait-store.ts";
import type { SpanRow } from "#/lib/runs/span-store.ts";
import { maxNesting } from "#/lib/runs/workflow-step.ts";
import type { NodeDefinition, WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { placedNodes } from "#/lib/workflows/node-walk.ts";
import { toolCalls } from "#/lib/workflows/tool-calls.ts";
import { findVersion, findWorkflow, type VersionRow } from "#/lib/workflows/version-store.ts";
import { takenOverOnWay, type StartLevel } from "./load-start.ts";

const none: ReadonlySet<string> = new Set();

/** A workflow that a version runs as a step, with the path of that step (`review/assess`). */
export type InnerWorkflow = {
  path: string;
  hostId: string;
  workflowId: string;
  definition: WorkflowDefinition;
  /** The calls of the runs that it repeats. */
  record: CallRecord[];
  /** Nodes that no run of it executes, since the replay starts behind them. */
  reused: ReadonlySet<string>;
  /** What of the record it would execute again, where the replay starts inside of it; null = not known. */
  again: readonly SpanRow[] | null;
};

/** A step whose workflow cannot run: it is paused, or the version that the step runs was deleted. */
export type InnerRefusal = {
  path: string;
  hostId: string;
  workflow: string;
} & (
  | { code: "source_version_unavailable"; version: number | "latest" }
  | { code: "workflow_paused"; reason: string | null }
);

/** The runs that a replay repeats at one level, and which of its nodes corresponds to each of theirs. */
export type Repeated = { runs: RunRow[]; nodeNow: (nodeThen: string) => string | null };

type Level = Pick<VersionRow, "workflowId" | "version"> & {
  definition: WorkflowDefinition;
  path: string;
  hostId: string | null;
  /** The versions on the way here. */
  above: string[];
  repeats: Repeated;
  reused: ReadonlySet<string>;
};
/** Nodes and calls of all workflows inside, counted once per step: a step of a thousand may itself have a thousand. */
const maxInnerSize = 10_000;

type WorkflowNode = Extract<NodeDefinition, { type: "workflow" }>;

/**
 * The workflows that a version would run as steps now, and those inside them, each version once on a path; and the
 * steps whose workflow cannot run. A step that names no version runs what it ran in the repeated runs that are on the
 * same version. `start`: the runs on the way to the step that the replay starts from. A workflow that was never there (yet) is left out: its step reports that when it runs. Throws
 * `workflow_invalid` when there are more than a replay can be planned for.
 */
export async function loadInnerWorkflows(
  db: DbHandle,
  workspaceId: string,
  target: VersionRow,
  repeats: Repeated,
  start: readonly StartLevel[],
): Promise<{ inner: InnerWorkflow[]; refused: InnerRefusal[] }> {
  const inner: InnerWorkflow[] = [];
  const refused: InnerRefusal[] = [];
  // Only read where there are workflow steps: a run may have a hundred thousand spans.
  let known: Set<string> | null = null;
  const kept = () => (known ??= takenOverOnWay(start));
  const startOf = new Map(start.map((level) => [level.run.id, level]));
  const reused = start[0]?.reused.nodes ?? none;
  const open: Level[] = [{ ...levelOf(target), path: "", hostId: null, above: [], repeats, reused }];
  const workflowOf = remembered((slug: string) => findWorkflow(db, workspaceId, slug));
  const versionOf = remembered((id: string, wanted: number | "latest") => findVersion(db, id, wanted));
  let size = 0;
  for (let level = open.shift(); level; level = open.shift()) {
    const nodes = placedNodes(level.definition).flatMap(({ node }) =>
      node.type === "workflow" && !level.reused.has(node.id) ? [node] : [],
    );
    if (nodes.length === 0 || level.above.length >= maxNesting) continue;
    const { same, other } = await childrenOf(db, level, kept());
    for (const node of nodes) {
      const workflow = await workflowOf(node.workflow);
      if (!workflow) continue;
      const path = level.path === "" ? node.id : `${level.path}/${node.id}`;
      const at = { path, hostId: level.hostId ?? node.id };
      if (workflow.pausedAt)
        refused.push({ ...at, workflow: workflow.slug, code: "workflow_paused", reason: workflow.pausedReason });
      const then = (same.get(node.id) ?? []).filter((run) => run.workflowId === workflow.id);
      for (const [wanted, runs] of runsByVersion(node, then, other.get(node.id) ?? [])) {
        const version = await versionOf(workflow.id, wanted);
        if (!version || version.deletedAt) {
          const wasThere = workflow.lastVersion >= (wanted === "latest" ? 1 : wanted);
          if (wasThere)
            refused.push({ ...at, workflow: workflow.slug, code: "source_version_unavailable", version: wanted });
          continue;
        }
        if (level.above.includes(version.id)) continue;
        const ids = runs.map(({ id }) => id);
        const next = levelOf(version);
        size += sizeOf(next.definition);
        if (size > maxInnerSize) throw tooManyInside();
        const record = await listCallRecords(db, workspaceId, ids);
        const starts = ids.map((id) => startOf.get(id)?.reused.nodes ?? none);
        const reusedInside = starts.reduce((some, more) => some.intersection(more), starts[0] ?? none);
        const only = ids.length === 1 ? startOf.get(ids[0] ?? "") : undefined;
        const again = only?.spans.filter(({ id }) => !kept().has(id)) ?? null;
        const workflowInside = { workflowId: workflow.id, definition: next.definition, record };
        inner.push({ ...at, ...workflowInside, reused: reusedInside, again });
        const above = [...level.above, version.id];
        const repeated = { runs, nodeNow: (nodeThen: string) => nodeThen };
        open.push({ ...next, ...at, above, repeats: repeated, reused: reusedInside });
      }
    }
  }
  return { inner, refused };
}

function tooManyInside(): DomainError {
  const message = `The workflows that run as steps have more than ${maxInnerSize} nodes and tools, those inside of each counted every time; a replay of this version cannot be planned.`;
  return new DomainError("workflow_invalid", message);
}

const sizes = new WeakMap<WorkflowDefinition, number>();

function sizeOf(definition: WorkflowDefinition): number {
  const size = sizes.get(definition) ?? placedNodes(definition).length + toolCalls(definition).length;
  sizes.set(definition, size);
  return size;
}

/** Asks only once for each workflow: the same one may be the step of many nodes. */
function remembered<Args extends (string | number)[], T>(ask: (...args: Args) => Promise<T>) {
  const known = new Map<string, Promise<T>>();
  return (...args: Args): Promise<T> => {
    const key = args.join("\n");
    const answer = known.get(key) ?? ask(...args);
    known.set(key, answer);
    return answer;
  };
}

function levelOf({ workflowId, version, definition }: VersionRow) {
  return { workflowId, version, definition };
}

/**
 * What the repeated runs started, by the node that now has that place: for runs on this version, and for others. What
 * steps started that are kept is not repeated.
 */
async function childrenOf(db: DbHandle, { repeats, ...level }: Level, kept: ReadonlySet<string>) {
  const [same = [], other = []] = [true, false].map((wanted) =>
    repeats.runs.filter((run) => isOnSourceVersion(level, run) === wanted),
  );
  const byNodeNow = async (runs: RunRow[]) => {
    const children = (await childrenOfSteps(db, runs)).filter(({ spanId }) => !kept.has(spanId));
    const moved = children.map(({ nodeId, run }) => ({ nodeId: repeats.nodeNow(nodeId), run }));
    const grouped = Map.groupBy(moved, ({ nodeId }) => nodeId ?? "");
    return new Map([...grouped].map(([nodeId, all]) => [nodeId, all.map(({ run }) => run)]));
  };
  return { same: await byNodeNow(same), other: await byNodeNow(other) };
}

/**
 * The versions that a step runs, with the runs that each repeats. There may be one or several: the items of a map may
 * have run different ones, and new items run the newest. What was started on `other` versions says nothing about the
 * version.
 */
function runsByVersion(node: WorkflowNode, then: readonly RunRow[], other: readonly RunRow[]) {
  const found = new Map<number | "latest", RunRow[]>();
  const add = (wanted: number | "latest", runs: readonly RunRow[]) => {
    const known = found.get(wanted) ?? [];
    for (const run of runs) known.push(run);
    found.set(wanted, known);
  };
  for (const run of then) add(innerVersion(node, run.version), [run]);
  if (other.length > 0 || found.size === 0) add(innerVersion(node, null), other);
  return found;
}
