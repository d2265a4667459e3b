import { canonicalJson, contentHash } from "#/lib/core/hash.ts";
import type { WorkflowDefinition } from "./definition.ts";
import { definitionJson } from "./stored-definition.ts";

/**
 * Identity of a version's content: `sha256:` of its canonical JSON (RFC 8785). Key order, YAML or JSON, and a default
 * that is written out do not matter; every other difference does.
 */
export function definitionHash(definition: WorkflowDefinition): string {
  return contentHash(canonicalJson(definitionJson(definition)));
}
