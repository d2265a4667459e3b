import { z } from "zod";
import { MappingPairs } from "./replay.ts";
import { Timestamp } from "./run.ts";
import { text } from "./text.ts";

export const MappingVisibility = z.enum(["private", "shared"]).meta({ id: "MappingVisibility" });
export type MappingVisibility = z.infer<typeof MappingVisibility>;

export const PutNodeMappingRequest = z
  .strictObject({
    workflow: text().min(1).max(64),
    from: z.int().positive(),
    to: z.int().positive(),
    visibility: MappingVisibility.default("private"),
    pairs: MappingPairs,
  })
  .meta({ id: "PutNodeMappingRequest" });
export type PutNodeMappingRequest = z.infer<typeof PutNodeMappingRequest>;

export const NodeMappingView = z
  .object({
    id: z.string(),
    workflow: z.string(),
    from: z.int(),
    to: z.int(),
    visibility: MappingVisibility,
    pairs: MappingPairs,
    revision: z.int(),
    author: z.string(),
    authorName: z
      .string()
      .nullable()
      .meta({ description: "null if the author is no longer a member of the workspace" }),
    updatedAt: Timestamp,
  })
  .meta({ id: "NodeMapping" });
export type NodeMappingView = z.infer<typeof NodeMappingView>;
