import type { AnyWorkflow, OfWorkflow, WorkflowType } from "./workflow-type.ts";

/** A run (or a batch): its id, or anything that has it, such as what `trigger` and `replay` return, which know the workflow. */
export type RunRef<W extends WorkflowType = AnyWorkflow> = string | ({ readonly id: string } & OfWorkflow<W>);

/** The id meant. Throws TypeError where there is none: an empty one would ask for the list of all. */
export function idOf(ref: string | { readonly id: string }): string {
  const id: unknown = typeof ref === "string" ? ref : (ref as { id?: unknown } | null | undefined)?.id;
  if (typeof id === "string" && id !== "") return id;
  throw new TypeError("an id is missing: give a text, or an object with one as `id`");
}
