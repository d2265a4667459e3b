import { env } from "#/lib/core/env.ts";
import { createGuardedFetch } from "./guarded-fetch.ts";

let way: typeof fetch | undefined;

/** This process's way out for tools and MCP servers: the guarded fetch with the ordinary limits. */
export function toolFetch(): typeof fetch {
  way ??= createGuardedFetch({ allow: env("REPRISE_EGRESS_ALLOW") });
  return way;
}
