import type { JsonObject } from "#/lib/contract/json.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import { templateFault, type TemplateFault } from "#/lib/expressions/template-fault.ts";
import type { WorkflowDefinition } from "./definition.ts";
import { placedNodes } from "./node-walk.ts";
import { payloadFields } from "./payload-fields.ts";
import { placeNodes } from "./placed-entries.ts";
import { referenceFaults } from "./reference-faults.ts";

/** What is wrong with the templates of a version, the texts of its prompts included, each with its path. */
export type TemplateFaults = {
  /** Does not compile, or reads what its place can never have: the node would fail. */
  broken: FieldError[];
  /** A prompt's text reads a name that its place does not have: it fails if that is actually read. */
  missing: FieldError[];
};

/** What can be told of a version's templates: their faults, and the fields of the payload that each node reads. */
export type TemplateReport = TemplateFaults & { reads: { nodeId: string; path: string; fields: string[] }[] };

/** Faults as `templateFaults` finds them, fields as `payloadFields` does. Pure. */
export function templateReport(definition: WorkflowDefinition, texts: ReadonlyMap<string, string>): TemplateReport {
  const reads = placedNodes(definition).flatMap(({ node, path }) => {
    const fields = payloadFields(definition, node, texts.get(node.id));
    return fields.length === 0 ? [] : [{ nodeId: node.id, path, fields }];
  });
  return { ...templateFaults(definition, texts), reads };
}

/**
 * Checks the templates of a version, and the texts of prompt revisions at the nodes that use them (`texts`, by node id)
 * in the same way as texts that are in the definition. Pure.
 */
export function templateFaults(definition: WorkflowDefinition, texts: ReadonlyMap<string, string>): TemplateFaults {
  const ofPrompts = new Map<string, TemplateFault | null>(
    placedNodes(definition).flatMap(({ node, path }) =>
      texts.has(node.id) ? [[`${path}.prompt.text`, templateFault(texts.get(node.id) ?? "")] as const] : [],
    ),
  );
  const filled = withTexts(definition as unknown as JsonObject, texts);
  const faults = referenceFaults(filled, placeNodes(filled.nodes)).map((fault) => {
    const broken = ofPrompts.get(fault.path);
    if (broken === undefined) return { ...fault, isMissing: false };
    const path = fault.path.replace(/\.text$/, "");
    return { path, message: `the prompt revision: ${fault.message}`, isMissing: broken === null };
  });
  const only = (missing: boolean) =>
    faults.filter(({ isMissing }) => isMissing === missing).map(({ path, message }) => ({ path, message }));
  return { broken: only(false), missing: only(true) };
}

/** The definition as if each of these nodes had its prompt's text in place. */
function withTexts(definition: JsonObject, texts: ReadonlyMap<string, string>): JsonObject {
  const nodes = (definition.nodes as JsonObject[]).map((node): JsonObject => {
    const filled: JsonObject = Array.isArray(node.nodes) ? withTexts(node, texts) : { ...node };
    const text = texts.get(String(node.id));
    if (text !== undefined) filled.prompt = { text };
    return filled;
  });
  return { ...definition, nodes };
}
