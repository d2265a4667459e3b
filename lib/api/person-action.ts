import { headers } from "next/headers";
import type { z } from "zod";
import { DomainError } from "#/lib/core/errors.ts";
import { clientAddress } from "#/lib/auth/client-address.ts";
import { signedIn } from "#/lib/auth/session.ts";
import type { SessionClaim } from "#/lib/tenancy/sessions.ts";
import type { SessionUser } from "#/lib/tenancy/users.ts";
import { answered, type ActionResult } from "./action.ts";
import { parsePart } from "./field-errors.ts";

/** Where a request comes from: the client's address ("" = unknown), and its id. */
export type Visit = { address: string; requestId: string };

/** A server action on a signed-in person's own account, whatever workspaces they are in. */
export function personAction<S extends z.ZodType, T>(
  schema: S,
  run: (me: { user: SessionUser; session: SessionClaim } & Visit, input: z.output<S>) => Promise<T>,
) {
  return (input: z.input<S>): Promise<ActionResult<T>> =>
    answered(async (requestId) => {
      const me = await signedIn();
      if (!me) throw new DomainError("unauthenticated", "Your session has ended. Sign in again.");
      return run({ ...me, ...(await visit(requestId)) }, parsePart("body", schema, input));
    });
}

/** A server action for anybody: a secret in its input, a link's token, decides what it may do. */
export function linkAction<S extends z.ZodType, T>(schema: S, run: (from: Visit, input: z.output<S>) => Promise<T>) {
  return (input: z.input<S>): Promise<ActionResult<T>> =>
    answered(async (requestId) => run(await visit(requestId), parsePart("body", schema, input)));
}

async function visit(requestId: string): Promise<Visit> {
  return { requestId, address: clientAddress((await headers()).get("x-forwarded-for")) };
}
