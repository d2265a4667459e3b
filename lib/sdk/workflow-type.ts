import type { Json } from "#/lib/contract/json.ts";

/** What is known of the runs of one workflow. `reprise workflows types` writes such a type for each. */
export type WorkflowType = { slug: string; payload: unknown; output: unknown };

/** A workflow of which nothing is known: payload and output are any JSON, and no payload is needed. */
export type AnyWorkflow = { slug: string; payload: Json | undefined; output: Json };

declare const workflowOf: unique symbol;

/** Something that belongs to a run of this workflow; for the compiler only, there is no such property. */
export type OfWorkflow<W extends WorkflowType> = { readonly [workflowOf]?: W };
