import type { JsonObject } from "#/lib/contract/json.ts";
import { inTurn } from "#/lib/core/loop-turns.ts";
import type { WorkflowDefinition } from "./definition.ts";
import { type DefinitionSource, invalidDefinition, maxFaults } from "./definition-source.ts";
import { definitionYaml } from "./definition-yaml.ts";
import { parseDefinition } from "./parse-definition.ts";
import { placeNodes } from "./placed-entries.ts";
import { expensiveSchemaFaults } from "./schema-faults.ts";
import { definitionJson, storedDefinition } from "./stored-definition.ts";
import { templateReport, type TemplateReport } from "./template-faults.ts";
import { type ThreadAnswer, type ThreadTask, workInThread } from "#/lib/core/work-threads.ts";

/**
 * In characters: reading and compiling take up to 3.5 µs for each, so definitions up to this length are done at once.
 */
const maxLengthInPassing = 16_384;

/** A text is copied for each node that it is for: one of a megabyte for a thousand nodes would be a gigabyte. */
const maxLengthInThread = 8 * 1024 * 1024;

const tooExpensive = { path: "", message: "the definition is too expensive to check: it takes more than six seconds" };

/**
 * Like `parseDefinition`, but also checks all JSON Schemas, and never holds the event loop for long: a large definition
 * is checked in a thread, in the turn of its workspace (`owner`).
 */
export async function checkDefinition(owner: string, source: DefinitionSource): Promise<WorkflowDefinition> {
  const definition = await parsed(owner, source);
  const json = definitionJson(definition);
  const faults = await expensiveSchemaFaults(owner, json, placeNodes(json.nodes));
  if (faults.length > 0) throw invalidDefinition(faults.slice(0, maxFaults));
  return definition;
}

async function parsed(owner: string, source: DefinitionSource): Promise<WorkflowDefinition> {
  const text = "yaml" in source ? source.yaml : jsonOf(source.json);
  if (text === null || text.length <= maxLengthInPassing) return parseDefinition(source);
  const task: ThreadTask = "yaml" in source ? { work: "parse", yaml: text } : { work: "parse", json: text };
  return storedDefinition(JSON.parse(known(await workInThread(owner, task)).json) as JsonObject);
}

/** Null for what is nested so deeply that only the parser can say so. */
function jsonOf(value: Extract<DefinitionSource, { json: unknown }>["json"]): string | null {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Like `templateReport`, and like `checkDefinition` never long on the event loop. */
export async function checkTemplates(
  owner: string,
  definition: WorkflowDefinition,
  texts: ReadonlyMap<string, string>,
): Promise<TemplateReport> {
  const json = JSON.stringify(definition);
  const length = [...texts.values()].reduce((sum, text) => sum + text.length, json.length);
  const refused: TemplateReport = { broken: [tooExpensive], missing: [], reads: [] };
  if (length <= maxLengthInPassing) return inTurn(owner, () => templateReport(definition, texts));
  if (length > maxLengthInThread) return refused;
  const answer = await workInThread(owner, { work: "templates", definition: json, texts: [...texts] });
  return "exhausted" in answer ? refused : (JSON.parse(known(answer).json) as TemplateReport);
}

/** Like `definitionYaml`, and like `checkDefinition` never long on the event loop. */
export async function writeDefinition(owner: string, definition: JsonObject): Promise<string> {
  const json = JSON.stringify(definition);
  if (json.length <= maxLengthInPassing) return definitionYaml(definition);
  return known(await workInThread(owner, { work: "write", json })).json;
}

function known(answer: ThreadAnswer): { json: string } {
  if ("exhausted" in answer) throw invalidDefinition([tooExpensive]);
  if ("refused" in answer) throw invalidDefinition(answer.refused);
  if ("failed" in answer) throw new Error(`the thread for definitions failed: ${answer.failed}`);
  return answer;
}
