"use server";

import { z } from "zod";
import { database } from "#/db/client.ts";
import { linkAction, personAction } from "#/lib/api/person-action.ts";
import { DeclineInvitationRequest, LinkToken, NewPassword, PersonName } from "#/lib/contract/person.ts";
import { acceptAsNewPerson, acceptAsSignedIn } from "#/lib/tenancy/accept-invitation.ts";
import { declineByLink } from "#/lib/tenancy/decline-invitation.ts";

const AsNew = z.strictObject({ token: LinkToken, name: PersonName, password: NewPassword });

export const acceptAsNewAction = linkAction(AsNew, ({ requestId }, input) =>
  acceptAsNewPerson(database(), { ...input, requestId }),
);
export const joinAction = personAction(z.strictObject({ token: LinkToken }), ({ user, requestId }, { token }) =>
  acceptAsSignedIn(database(), { token, person: user, requestId }),
);
export const declineAction = linkAction(DeclineInvitationRequest, ({ requestId }, { token }) =>
  declineByLink(database(), { token, requestId }),
);
