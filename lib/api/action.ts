import { headers } from "next/headers";
import { z } from "zod";
import type { Problem } from "#/lib/contract/problem.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { addLogContext, withLogContext } from "#/lib/core/log-context.ts";
import { logger } from "#/lib/core/logger.ts";
import { memberContext } from "#/lib/auth/authenticate.ts";
import { isOwnOrigin } from "#/lib/auth/origin.ts";
import { requestCookies, sessionClaim } from "#/lib/auth/session.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { actionReached, actionRefused } from "./action-status.ts";
import { parsePart } from "./field-errors.ts";
import { toProblem } from "./problem.ts";

export type ActionResult<T> = { ok: true; data: T } | { ok: false; problem: Problem };

/**
 * A server action: a public endpoint, checked like one. The caller's page must be ours (a missing Origin is refused),
 * the session valid and a member of `workspaceSlug`; the rest of the input is parsed by `schema`. Errors come back as data.
 */
export function action<S extends z.ZodType, T>(schema: S, run: (ctx: Ctx, input: z.output<S>) => Promise<T>) {
  return (input: { workspaceSlug: string } & z.input<S>): Promise<ActionResult<T>> =>
    answered(async (requestId) => {
      const { ctx, rest } = await enter(schema, input, requestId);
      addLogContext({ workspaceId: ctx.workspace.id });
      return run(ctx, parsePart("body", schema, rest));
    });
}

/**
 * Runs an action for a page of ours; requests from anywhere else are refused. Errors come back as data,
 * with the status of the problem.
 */
export function answered<T>(work: (requestId: string) => Promise<T>): Promise<ActionResult<T>> {
  const requestId = newId("request");
  return withLogContext({ requestId }, async (): Promise<ActionResult<T>> => {
    actionReached();
    try {
      if (!isOwnOrigin(await headers()))
        throw new DomainError("forbidden", "This request does not come from a page of this site.");
      return { ok: true, data: await work(requestId) };
    } catch (error) {
      if (isNavigation(error)) throw error;
      const problem = toProblem(error, requestId);
      if (problem.status >= 500) logger.error({ where: "action", err: error }, "request failed");
      actionRefused(problem.status);
      return { ok: false, problem };
    }
  });
}

async function enter(schema: z.ZodType, input: unknown, requestId: string): Promise<{ ctx: Ctx; rest: unknown }> {
  const claim = await sessionClaim(await requestCookies());
  if (!claim) throw new DomainError("unauthenticated", "Your session has ended. Sign in again.");
  const { workspaceSlug, ...rest } = parsePart("body", z.looseObject({ workspaceSlug: z.string().max(64) }), input);
  const ctx = await memberContext(claim, workspaceSlug, requestId);
  const wantsSlug = schema instanceof z.ZodObject && "workspaceSlug" in schema.shape;
  return { ctx, rest: wantsSlug ? { workspaceSlug, ...rest } : rest };
}

/** redirect() and notFound() throw, and must reach Next. */
function isNavigation(error: unknown): boolean {
  const digest = (error as { digest?: unknown } | null)?.digest;
  return typeof digest === "string" && digest.startsWith("NEXT_");
}
