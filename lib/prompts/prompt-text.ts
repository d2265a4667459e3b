import { DomainError } from "#/lib/core/errors.ts";
import { templateFault } from "#/lib/expressions/template-fault.ts";

/**
 * A prompt is a template, and one that cannot be compiled would fail its run. Throws `expression_failed` with the position
 * (`details`: offset, line, column) and the field at fault.
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
