import type { DbHandle } from "#/db/client.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { checkTemplates } from "./bounded-definition.ts";
import type { DefinitionSource } from "./definition-source.ts";
import { judgedDefinition } from "./push-version.ts";
import { type JudgedDefinition, versionRefusals } from "./version-refusals.ts";

/**
 * What keeps a definition from being pushed in this workspace, each with its path; none when it may be. `prompt`: as if a
 * node had this text, which is that of a revision to come. For an authorised caller.
 */
export async function definitionFaults(
  db: DbHandle,
  workspaceId: string,
  source: DefinitionSource,
  prompt: { nodeId: string; text: string } | null = null,
): Promise<FieldError[]> {
  const judged = await faultsOr(() => judgedDefinition(db, workspaceId, source));
  if (Array.isArray(judged)) return judged;
  const refusals = (await versionRefusals(db, workspaceId, judged)).flatMap(fieldsOf);
  if (prompt === null) return refusals;
  const texts = new Map([[prompt.nodeId, prompt.text]]);
  const { broken, missing } = await checkTemplates(workspaceId, judged.definition, texts);
  return [...refusals, ...broken, ...missing];
}

/** What the judging gives, or the faults for which it refuses. */
export async function faultsOr(judge: () => Promise<JudgedDefinition>): Promise<JudgedDefinition | FieldError[]> {
  try {
    return await judge();
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "workflow_invalid") throw error;
    return fieldsOf(error);
  }
}

export function fieldsOf(error: DomainError): FieldError[] {
  return error.fields ?? [{ path: "", message: error.message }];
}
