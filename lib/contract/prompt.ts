import { z } from "zod";
import { Timestamp } from "./run.ts";
import { text } from "./text.ts";

/** `sha256:` and the lowercase hex SHA-256 of the text's UTF-8 bytes, nothing normalised. */
export const contentHashPattern = /^sha256:[0-9a-f]{64}$/;

const PromptText = text().min(1).max(1_000_000);

export const PromptSummary = z
  .object({
    id: z.string(),
    name: z.string(),
    latestHash: z.string().nullable(),
    revisions: z.int(),
    createdAt: Timestamp,
  })
  .meta({ id: "Prompt" });
export type PromptSummary = z.infer<typeof PromptSummary>;

export const PromptRevisionView = z
  .object({
    artifactId: z.string(),
    contentHash: z.string(),
    revision: z.int(),
    text: z.string(),
    createdAt: Timestamp,
    createdBy: z.string().nullable(),
  })
  .meta({ id: "PromptRevision" });
export type PromptRevisionView = z.infer<typeof PromptRevisionView>;

export const CreatePromptRequest = z
  .strictObject({ name: text().min(1).max(200), text: PromptText })
  .meta({ id: "CreatePromptRequest" });
export const CreateRevisionRequest = z.strictObject({ text: PromptText }).meta({ id: "CreateRevisionRequest" });
export const PromptCreated = z
  .object({ id: z.string(), name: z.string(), contentHash: z.string() })
  .meta({ id: "PromptCreated" });
export const RevisionCreated = z.object({ contentHash: z.string() }).meta({ id: "RevisionCreated" });
