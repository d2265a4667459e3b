import type { TriggerKind } from "#/lib/contract/status.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";

/** Names the surface that a request comes through, where it is not plainly the API. */
export const surfaceHeader = "x-reprise-surface";

/** Through which surface a request came: a page's session, the CLI or the MCP server (they say so), or any other client. */
export function viaOf(ctx: Ctx, request: Request): TriggerKind {
  if (ctx.actor.kind === "user") return "page";
  const said = request.headers.get(surfaceHeader);
  return said === "cli" || said === "mcp" ? said : "api";
}
