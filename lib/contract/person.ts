import { z } from "zod";
import { Role } from "./access.ts";
import { Timestamp } from "./run.ts";
import { text } from "./text.ts";

/** A password that someone chooses: length counts, not composition (NIST SP 800-63B, 3.1.1). */
export const NewPassword = text().min(12, "at least 12 characters").max(1000);
export const PersonName = text().trim().min(1, "enter a name").max(200);

/** The secret part of an invitation's or password link's address. */
export const LinkToken = z.string().max(100);

export const SessionView = z.object({
  id: z.string(),
  userAgent: z.string().nullable(),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  current: z.boolean(),
});
export type SessionView = z.infer<typeof SessionView>;

const invitationStates = ["open", "accepted", "declined", "revoked", "expired"] as const;
export const InvitationView = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string().nullable().meta({ description: "The name that the inviter entered" }),
    role: Role,
    state: z.enum(invitationStates),
    invitedBy: z.string().nullable().meta({ description: "The member who invited; null = the operator" }),
    createdAt: Timestamp,
    expiresAt: Timestamp,
    acceptedAt: Timestamp.nullable(),
    declinedAt: Timestamp.nullable(),
    revokedAt: Timestamp.nullable(),
  })
  .meta({ id: "Invitation" });
export type InvitationView = z.infer<typeof InvitationView>;

export const CreateInvitationRequest = z
  .strictObject({ email: z.email().max(320), role: Role })
  .meta({ id: "CreateInvitationRequest" });
export type CreateInvitationRequest = z.infer<typeof CreateInvitationRequest>;

export const DeclineInvitationRequest = z
  .strictObject({
    token: LinkToken.meta({ description: "The secret part of the link: what follows `/invite/`" }),
  })
  .meta({ id: "DeclineInvitationRequest" });

/** `url` holds the token, which is only in this answer. */
export const InvitationCreated = InvitationView.extend({
  url: z.string().meta({ description: "Path of the link for the person invited; shown once" }),
}).meta({ id: "InvitationCreated" });
export type InvitationCreated = z.infer<typeof InvitationCreated>;

export const PasswordLinkCreated = z.object({ url: z.string(), expiresAt: Timestamp });
export type PasswordLinkCreated = z.infer<typeof PasswordLinkCreated>;
