import type { FieldError } from "#/lib/contract/problem.ts";
import { revisionKey } from "#/lib/prompts/revision-lookup.ts";
import { callsModel, effectivePrompt, overridesInside, type RunOverrides } from "#/lib/runs/overrides.ts";
import { hopsOf, splitPath } from "#/lib/runs/step-path.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { placedNodes } from "#/lib/workflows/node-walk.ts";
import { checkTemplates } from "#/lib/workflows/bounded-definition.ts";
import type { TemplateFaults, TemplateReport } from "#/lib/workflows/template-faults.ts";
import type { ReplayFacts } from "./facts.ts";
import { definitionOf } from "./node-map.ts";
import { reusedIn, type ReplayPlan } from "./plan.ts";

type Facts = Pick<ReplayFacts, "targetVersion" | "inner" | "promptTexts">;

/**
 * Judges, before a replay runs, the templates that it would fill: what cannot be compiled, and names that the payload
 * and the nodes lack. Reused steps fill none.
 */
export async function judgeTemplates(facts: Facts, plan: ReplayPlan): Promise<TemplateFaults> {
  if (!facts.targetVersion) return { broken: [], missing: [] };
  const target = definitionOf(facts.targetVersion);
  const reused = reusedIn(plan);
  const own = await faultsIn(facts, target, plan.overrides, reused, "");
  const inner = await Promise.all(
    facts.inner
      .filter(({ hostId }) => !reused.has(hostId))
      .map(({ path, definition, reused: kept }) =>
        faultsIn(facts, definition, overridesInside(plan.overrides), kept, `${path}: `),
      ),
  );
  return {
    broken: [own, ...inner].flatMap(({ broken }) => broken),
    missing: [
      ...missingFields(plan, own.reads, reused.union(mapsAsTheyWere(plan))),
      ...[own, ...inner].flatMap(({ missing }) => missing),
    ],
  };
}

async function faultsIn(
  facts: Facts,
  definition: WorkflowDefinition,
  overrides: RunOverrides,
  reused: ReadonlySet<string>,
  prefix: string,
): Promise<TemplateReport> {
  const texts = textsInForce(facts, definition, overrides);
  const { broken, missing, reads } = await checkTemplates(facts.targetVersion?.workspaceId ?? "", definition, texts);
  const skipped = placedNodes(definition).flatMap(({ node, path }) => (reused.has(node.id) ? [`${path}.`] : []));
  const counted = (faults: FieldError[]) =>
    faults
      .filter(({ path }) => !skipped.some((start) => path.startsWith(start)))
      .map(({ path, message }) => ({ path: prefix + path, message }));
  return { broken: counted(broken), missing: counted(missing), reads };
}

/** Prompt texts by the id of the node that would use them; the prompt guards deal with a missing revision. */
function textsInForce({ promptTexts }: Facts, definition: WorkflowDefinition, overrides: RunOverrides) {
  return new Map(
    placedNodes(definition).flatMap(({ node }) => {
      const pin = callsModel(node) ? effectivePrompt(node, overrides) : null;
      const text = pin && promptTexts.get(revisionKey({ artifactId: pin.artifact, contentHash: pin.hash }));
      return typeof text === "string" ? [[node.id, text] as const] : [];
    }),
  );
}

/** Maps that keep their lists, and are not asked again whether they are executed. */
function mapsAsTheyWere({ fromNodeId, ways }: ReplayPlan): Set<string> {
  const hops = hopsOf(splitPath(fromNodeId ?? "").own) ?? [];
  return new Set(hops.slice(0, ways.length).flatMap(({ nodeId, item }) => (item === null ? [] : [nodeId])));
}

/** What the nodes read from a payload that does not have it. */
function missingFields(
  { payload }: ReplayPlan,
  reads: TemplateReport["reads"],
  reused: ReadonlySet<string>,
): FieldError[] {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return [];
  return reads
    .filter(({ nodeId }) => !reused.has(nodeId))
    .flatMap(({ nodeId, path, fields }) =>
      fields
        .filter((field) => !Object.hasOwn(payload, field))
        .map((field) => ({ path, message: `${nodeId} reads trigger.${field}, which the payload does not have` })),
    );
}
