import { z } from "zod";
import { MomentText } from "./moment-text.ts";
import { Timestamp } from "./run.ts";
import { text } from "./text.ts";

/** The longest time that a grant may last. */
export const longestGrantMs = 24 * 3_600_000;
const maxGrantedNodes = 100;

/** `requested`: not yet approved. `lapsed`: whoever gave or approved it may no longer do so. Only `active` lets a call through. */
const grantStates = ["requested", "active", "expired", "revoked", "lapsed"] as const;
export const GrantState = z.enum(grantStates).meta({ id: "MutationGrantState" });
export type GrantState = z.infer<typeof GrantState>;

const reason = text().trim().min(1, "enter a reason").max(500);

/** `POST /mutation-grants`: exactly one of `until` and `durationMs`, which counts from the database's time. */
export const CreateMutationGrantRequest = z
  .strictObject({
    workflow: text().min(1).max(64).meta({ description: "The workflow's slug" }),
    nodeIds: z.array(text().min(1).max(200)).min(1).max(maxGrantedNodes),
    until: MomentText.optional(),
    durationMs: z.int().min(1000).max(longestGrantMs).optional(),
    reason,
    needsApproval: z
      .boolean()
      .default(false)
      .meta({ description: "It takes effect only after another admin or owner has approved it" }),
  })
  .superRefine((request, ctx) => {
    if ((request.until === undefined) === (request.durationMs === undefined))
      ctx.addIssue({ code: "custom", path: ["until"], message: "set either until or durationMs" });
  })
  .meta({ id: "CreateMutationGrantRequest" });
export type CreateMutationGrantRequest = z.infer<typeof CreateMutationGrantRequest>;
/** As a client sends it. */
export type MutationGrantInput = z.input<typeof CreateMutationGrantRequest>;

const GrantPerson = z.object({ id: z.string(), name: z.string() });

export const MutationGrantView = z
  .object({
    id: z.string(),
    workflow: z.object({ id: z.string(), slug: z.string() }),
    nodeIds: z.array(z.string()),
    reason: z.string(),
    state: GrantState,
    needsApproval: z.boolean(),
    createdAt: Timestamp,
    until: Timestamp,
    grantedBy: GrantPerson.nullable(),
    approvedBy: GrantPerson.nullable(),
    approvedAt: Timestamp.nullable(),
    revokedBy: GrantPerson.nullable(),
    revokedAt: Timestamp.nullable(),
  })
  .meta({ id: "MutationGrant" });
export type MutationGrantView = z.infer<typeof MutationGrantView>;

/** The grant that lets a planned call through, as the banner names it. */
export const GrantRef = z
  .object({ id: z.string(), grantedBy: z.string(), approvedBy: z.string().nullable(), until: Timestamp })
  .meta({ id: "MutationGrantRef" });
export type GrantRef = z.infer<typeof GrantRef>;
