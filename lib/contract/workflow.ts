import { z } from "zod";
import { JsonObject } from "./json.ts";
import { Timestamp } from "./run.ts";
import { FieldError } from "./problem.ts";
import { text } from "./text.ts";

export const Slug = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, "lowercase letters, digits and inner hyphens")
  .meta({ id: "Slug" });

export const WorkflowSummary = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    latestVersion: z.int().nullable(),
    paused: z.object({ reason: z.string(), by: z.string(), at: Timestamp }).nullable(),
    createdAt: Timestamp,
  })
  .meta({ id: "Workflow" });
export type WorkflowSummary = z.infer<typeof WorkflowSummary>;

export const WorkflowVersionSummary = z
  .object({
    id: z.string(),
    version: z.int(),
    contentHash: z.string(),
    createdAt: Timestamp,
    createdBy: z.string().nullable(),
  })
  .meta({ id: "WorkflowVersion" });
export type WorkflowVersionSummary = z.infer<typeof WorkflowVersionSummary>;

export const WorkflowVersionDetail = WorkflowVersionSummary.extend({
  workflow: z.object({ id: z.string(), slug: z.string() }),
  definition: JsonObject,
}).meta({ id: "WorkflowVersionDetail" });
export type WorkflowVersionDetail = z.infer<typeof WorkflowVersionDetail>;

export const CreateWorkflowRequest = z
  .strictObject({ slug: Slug, name: text().min(1).max(200).optional(), definition: JsonObject })
  .meta({ id: "CreateWorkflowRequest" });
export const PushVersionRequest = z.strictObject({ definition: JsonObject }).meta({ id: "PushVersionRequest" });
export const PauseWorkflowRequest = z
  .strictObject({ reason: text().trim().min(1).max(500) })
  .meta({ id: "PauseWorkflowRequest" });
export const UnpauseWorkflowRequest = PauseWorkflowRequest.partial().meta({ id: "UnpauseWorkflowRequest" });

/** What a definition is allowed to contain but should not, each with its path. */
const warnings = z
  .array(FieldError)
  .optional()
  .meta({ description: "Warnings about what was pushed; left out when there are none" });

export const WorkflowCreated = z
  .object({ id: z.string(), slug: z.string(), version: z.int(), contentHash: z.string(), warnings })
  .meta({ id: "WorkflowCreated" });
export type WorkflowCreated = z.infer<typeof WorkflowCreated>;

export const VersionPushed = z
  .object({ version: z.int(), contentHash: z.string(), warnings })
  .meta({ id: "VersionPushed" });
/** `created` is false when the same content was there already (200 instead of 201). */
export type VersionPushed = z.infer<typeof VersionPushed> & { created: boolean };

/** What pushing a definition would do; nothing is stored. */
export const VersionValidated = z
  .object({
    valid: z.boolean(),
    faults: z.array(FieldError).meta({ description: "Why it would be refused, each with its path in the definition" }),
    warnings: z.array(FieldError),
    contentHash: z.string().nullable(),
    sameAs: z.int().nullable().meta({ description: "The version that has this content already" }),
    latestVersion: z.int().nullable(),
    difference: z
      .object({
        added: z.array(z.string()),
        removed: z.array(z.string()),
        changed: z.array(z.object({ id: z.string(), fields: z.array(z.string()) })),
      })
      .nullable()
      .meta({ description: "Nodes that differ from the latest version, by id" }),
    texts: z
      .object({ latest: z.string().nullable(), pushed: z.string() })
      .nullable()
      .meta({ description: "With `texts=true`: the latest version and this definition as YAML, written alike" }),
  })
  .meta({ id: "VersionValidated" });
export type VersionValidated = z.infer<typeof VersionValidated>;
