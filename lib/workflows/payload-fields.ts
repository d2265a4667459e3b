import type { Json } from "#/lib/contract/json.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { type CompiledExpression, compileCondition, expressionsOf } from "#/lib/expressions/expression.ts";
import type { NodeDefinition, WorkflowDefinition } from "./definition.ts";
import { nodeTemplates } from "./reference-faults.ts";

/**
 * Fields of the payload that a node reads as `trigger.<field>` without asking for them with `has`: in its own templates, in
 * the requests of its tools, and in the text of its prompt. What does not compile reads nothing. Pure.
 */
export function payloadFields(definition: WorkflowDefinition, node: NodeDefinition, promptText?: string): string[] {
  const names = node.type === "agent" ? node.tools : node.type === "tool" && node.tool !== undefined ? [node.tool] : [];
  const requests = names.flatMap((name) =>
    definition.tools && Object.hasOwn(definition.tools, name) ? [definition.tools[name]?.http as Json] : [],
  );
  const values = [...nodeTemplates(node).map(([, value]) => value), ...requests, promptText];
  const found = [
    ...values.flatMap((value) => (value === undefined ? [] : compiled(() => expressionsOf(value)))),
    ...(node.when === undefined ? [] : compiled(() => [compileCondition(node.when ?? "")])),
  ];
  return [...new Set(found.flatMap(({ triggerFields }) => triggerFields))];
}

function compiled(compile: () => CompiledExpression[]): CompiledExpression[] {
  try {
    return compile();
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
}
