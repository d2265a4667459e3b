import type { TriggerKind } from "#/lib/contract/status.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";

/** Through which surface a REST request came: a page's session, the CLI (it says so), or any other client. */
export function viaOf(ctx: Ctx, request: Request): TriggerKind {
  if (ctx.actor.kind === "user") return "page";
  return request.headers.get("x-reprise-surface") === "cli" ? "cli" : "api";
}
