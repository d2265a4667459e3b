import { DomainError } from "#/lib/core/errors.ts";
import { workInThread } from "#/lib/core/work-threads.ts";
import { templateFault, type TemplateFault } from "#/lib/expressions/template-fault.ts";

/** In characters: compiling takes some 3.5 µs for each, so only texts up to this length are looked at on the event loop. */
const maxLengthInPassing = 16_384;

/**
 * Checks that a prompt compiles as a template: one that does not would fail its run. Throws `expression_failed` with
 * the position (`details`: offset, line, column) and the field at fault. A long text is looked at in a thread, in the
 * turn of its workspace (`owner`).
 */
export async function assertPromptText(owner: string, text: string, path = "body.text"): Promise<void> {
  const fault = text.length <= maxLengthInPassing ? templateFault(text) : await faultOfLong(owner, text);
  if (!fault) return;
  const { message, ...position } = fault;
  throw new DomainError("expression_failed", `The text is not a valid template: ${message}`, {
    fields: [{ path, message }],
    details: position,
  });
}

async function faultOfLong(owner: string, text: string): Promise<TemplateFault | null> {
  const answer = await workInThread(owner, { work: "template", text });
  if ("json" in answer) return JSON.parse(answer.json) as TemplateFault | null;
  if (!("exhausted" in answer)) throw new Error("the thread for templates failed");
  const message = "its expressions are too expensive to check: they take more than six seconds";
  return { message, offset: 0, line: 1, column: 1 };
}
