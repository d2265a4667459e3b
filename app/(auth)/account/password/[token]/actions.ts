"use server";

import { z } from "zod";
import { database } from "#/db/client.ts";
import { linkAction } from "#/lib/api/person-action.ts";
import { LinkToken, NewPassword } from "#/lib/contract/person.ts";
import { setPasswordByLink } from "#/lib/tenancy/set-password-by-link.ts";

export const setPasswordAction = linkAction(
  z.strictObject({ token: LinkToken, password: NewPassword }),
  ({ requestId }, input) => setPasswordByLink(database(), { ...input, requestId }),
);
