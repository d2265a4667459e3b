"use server";

import { z } from "zod";
import { database } from "#/db/client.ts";
import { personAction } from "#/lib/api/person-action.ts";
import { NewPassword } from "#/lib/contract/person.ts";
import { acceptPending } from "#/lib/tenancy/accept-invitation.ts";
import { changePassword, signOutEverywhere } from "#/lib/tenancy/change-password.ts";
import { declinePending } from "#/lib/tenancy/decline-invitation.ts";
import { endSession } from "#/lib/tenancy/sessions.ts";

export const changePasswordAction = personAction(
  z.strictObject({ current: z.string().max(1000), next: NewPassword }),
  ({ session, address, requestId }, { current, next }) =>
    changePassword(database(), session, { current, next, address, requestId }),
);
export const acceptPendingAction = personAction(
  z.strictObject({ id: z.string().max(100) }),
  ({ user, requestId }, { id }) => acceptPending(database(), { id, personId: user.id, requestId }),
);
export const declinePendingAction = personAction(
  z.strictObject({ id: z.string().max(100) }),
  ({ user, requestId }, { id }) => declinePending(database(), { id, personId: user.id, requestId }),
);
export const endSessionAction = personAction(z.strictObject({ id: z.string().max(100) }), ({ user }, { id }) =>
  endSession(database(), { userId: user.id, sessionId: id }),
);
export const signOutEverywhereAction = personAction(
  z.strictObject({ keepThis: z.boolean() }),
  ({ session, requestId }, { keepThis }) => signOutEverywhere(database(), session, { keepThis, requestId }),
);
