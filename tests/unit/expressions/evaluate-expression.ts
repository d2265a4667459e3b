import type { Json } from "#/lib/contract/json.ts";
import { renderValue, type Scope } from "#/lib/expressions/expression.ts";

/** One expression on its own, the way a definition holds it: a template that is nothing else keeps its type. */
export function evaluateExpression(source: string, scope: Scope): Json {
  return renderValue(`{{ ${source}\n}}`, scope);
}
