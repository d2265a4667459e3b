import type { Endpoint } from "../endpoint.ts";
import * as administration from "./administration.ts";
import * as invitations from "./invitations.ts";
import * as models from "./models.ts";
import * as mutationGrants from "./mutation-grants.ts";
import * as nodeMappings from "./node-mappings.ts";
import * as prompts from "./prompts.ts";
import * as providers from "./providers.ts";
import * as runs from "./runs.ts";
import * as tools from "./tools.ts";
import * as workflows from "./workflows.ts";

/** Every declared operation under /api/v1: what OpenAPI describes, and what the tests hold against the route files. */
export const allEndpoints: Endpoint[] = [
  runs,
  workflows,
  prompts,
  models,
  nodeMappings,
  mutationGrants,
  tools,
  providers,
  administration,
  invitations,
]
  .flatMap((file) => Object.values(file) as unknown[])
  .filter(isEndpoint);

function isEndpoint(value: unknown): value is Endpoint {
  return typeof value === "object" && value !== null && "method" in value && "path" in value && "responses" in value;
}
