import { env } from "#/lib/core/env.ts";
import { createGuardedFetch } from "./guarded-fetch.ts";

/** This process's way out for tools and MCP servers: the guarded fetch with the usual limits. It is stateless. */
export function toolFetch(): typeof fetch {
  return createGuardedFetch({ allow: env("REPRISE_EGRESS_ALLOW") });
}
