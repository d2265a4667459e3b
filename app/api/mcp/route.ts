import { serveMcp } from "#/lib/mcp/serve-mcp.ts";

export const dynamic = "force-dynamic";

/** Every method by name: Next itself would answer any that is missing. */
export {
  serveMcp as GET,
  serveMcp as HEAD,
  serveMcp as OPTIONS,
  serveMcp as POST,
  serveMcp as PUT,
  serveMcp as PATCH,
  serveMcp as DELETE,
};
