import { z } from "zod";
import { JsonValue } from "./json.ts";
import { GrantRef } from "./mutation-grant.ts";
import { ErrorCode } from "./problem.ts";
import { RunAccepted } from "./run.ts";
import { ReplayMode } from "./status.ts";
import { text } from "./text.ts";

/** The maximum number of pairs in one node mapping (product contract). */
export const maxMappingPairs = 1000;
export const replayQuota = { limit: 20, windowMs: 60_000 } as const;
export const replayDepthLimit = 5;
/** Replays of batches accepted in the rolling minute, unless the workspace sets another number; the rest is for people. */
export const defaultBatchPace = 15;

/** Old node id → new node id, or null when the node is gone and nothing receives its record. */
export const MappingPairs = z
  .custom<Record<string, string | null>>(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((target) => target === null || typeof target === "string"),
    "expected an object of node id → node id or null",
  )
  .meta({ id: "MappingPairs", type: "object", additionalProperties: { type: ["string", "null"] } });
export type MappingPairs = z.infer<typeof MappingPairs>;

/** `POST /runs/{id}/replay` and `…/preflight`; an empty body is an as-is replay. */
export const ReplayRequest = z
  .strictObject({
    mode: ReplayMode.optional(),
    prompt: z.strictObject({ artifactId: text().min(1).max(200), contentHash: text().min(1).max(200) }).optional(),
    model: z.strictObject({ id: text().min(1).max(200), ref: text().min(1).max(300) }).optional(),
    nodeIds: z.array(text().min(1).max(200)).min(1).max(1000).optional(),
    targetVersion: z.union([z.int().positive(), z.literal("latest")]).optional(),
    nodeMapping: MappingPairs.optional(),
    fromNodeId: text().min(1).max(1000).optional().meta({
      description:
        "Start from this step and reuse everything upstream of it. A node's id, or the path of a step inside of an item of a map (`each[2].score`) or of the run that a workflow step started (`review/assess`), however they are nested; its ids are those of the version that runs",
    }),
    payload: JsonValue.optional(),
    environment: z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,31}$/)
      .optional(),
    maxCostMicros: z.int().min(0).optional(),
  })
  .superRefine((request, ctx) => {
    const mode = request.mode ?? "as_is";
    for (const field of ["prompt", "model"] as const) {
      if (mode === field && request[field] === undefined)
        ctx.addIssue({ code: "custom", path: [field], message: `required in mode ${mode}` });
      if (mode !== field && request[field] !== undefined)
        ctx.addIssue({ code: "custom", path: [field], message: `only allowed in mode ${field}` });
    }
    if (mode === "as_is" && request.nodeIds !== undefined)
      ctx.addIssue({ code: "custom", path: ["nodeIds"], message: "only allowed in mode prompt or model" });
  })
  .meta({ id: "ReplayRequest" });
export type ReplayRequest = z.infer<typeof ReplayRequest>;

export const ReplayAccepted = RunAccepted.extend({
  replayOf: z.string(),
  rootRun: z.string(),
  depth: z.int(),
  mode: ReplayMode,
}).meta({ id: "ReplayAccepted" });
export type ReplayAccepted = z.infer<typeof ReplayAccepted>;

export const GuardVerdict = z
  .object({
    code: ErrorCode,
    level: z.enum(["pass", "warn", "block"]),
    message: z.string(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "GuardVerdict" });
export type GuardVerdict = z.infer<typeof GuardVerdict>;

const range = z.object({ low: z.int(), high: z.int() }).nullable();

export const Preflight = z
  .object({
    ok: z.boolean(),
    verdicts: z.array(GuardVerdict),
    plan: z.object({
      targetVersion: z.int().nullable(),
      allowsMutations: z
        .boolean()
        .meta({ description: "True when at least one mutating call would really be made: the banner is red" }),
      nodes: z.array(z.object({ id: z.string(), action: z.enum(["execute", "reuse", "unmapped"]) })),
      reusedSteps: z.int().meta({
        description:
          "Recorded steps that are taken over and not executed again, those in items of maps and in runs inside",
      }),
      calls: z.array(
        z.object({
          nodeId: z.string(),
          tool: z.string().meta({
            description:
              "Tool and request. The URL is filled as it would leave where the payload, the environment and recorded outputs that the replay repeats make it known, secrets masked; else it is the template",
          }),
          mutating: z.boolean(),
          why: z.string(),
          verdict: z.enum(["live", "dry_run"]),
          grant: GrantRef.nullable().meta({ description: "The mutation grant that a live call rests on" }),
          recorded: z.int().meta({ description: "Recorded calls of the source run that can answer it" }),
        }),
      ),
      hosts: z.array(z.object({ nodeId: z.string(), host: z.string().nullable() })).meta({
        description:
          "Where the tools of the chosen environment are; null = only known when the call is made, or a variable decides it and the caller may not replay",
      }),
    }),
    renamedNodes: z.array(
      z.object({ id: z.string(), suggestions: z.array(z.object({ id: z.string(), score: z.number() })) }),
    ),
    forecast: z.object({ inputTokens: range, outputTokens: range, costMicros: range }),
    quota: z.object({ limit: z.int(), remaining: z.int(), resetMs: z.int() }),
    depth: z.object({ next: z.int(), limit: z.int() }),
  })
  .meta({ id: "Preflight" });
export type Preflight = z.infer<typeof Preflight>;
