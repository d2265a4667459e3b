import { DomainError } from "#/lib/core/errors.ts";
import { templateFault } from "#/lib/expressions/template-fault.ts";

/**
 * Checks that a prompt compiles as a template: one that does not would fail its run. Throws `expression_failed` with
 * the position (`details`: offset, line, column) and the field at fault.
 */
export function assertPromptText(text: string, path = "body.text"): void {
  const fault = templateFault(text);
  if (!fault) return;
  const { message, ...position } = fault;
  throw new DomainError("expression_failed", `The text is not a valid template: ${message}`, {
    fields: [{ path, message }],
    details: position,
  });
}
