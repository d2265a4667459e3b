import type { JsonObject } from "#/lib/contract/json.ts";
import type { VersionPushed } from "#/lib/contract/workflow.ts";
import { RepriseError, type Reprise } from "#/lib/sdk/client.ts";
import { withLines } from "./definition-lines.ts";
import { usageError } from "./exit-code.ts";
import { readDefinition, slugOf } from "./workflow-source.ts";

export type PushedDefinition = VersionPushed & { slug: string };

/**
 * Pushes a definition's source as a version of the workflow that it names (or `slug`), which is created if it is not there yet.
 * Throws a usage error for what is no definition; faults that the service finds have the lines of `file`.
 */
export async function pushDefinition(
  client: Reprise,
  source: string,
  file: string,
  given: string | undefined,
): Promise<PushedDefinition> {
  const definition = readDefinition(source, file);
  const slug = given ?? slugOf(definition);
  if (!slug) throw usageError(`${file}: the definition has no name to make a slug from: pass --slug.`);
  try {
    return { slug, ...(await pushOrCreate(client, slug, source, definition)) };
  } catch (error) {
    if (!(error instanceof RepriseError) || error.errors.length === 0) throw error;
    throw new RepriseError(error.message, { ...error, cause: error, errors: withLines(error.errors, source, file) });
  }
}

/** Pushes to the workflow; one that is not there yet is created with this as version 1. */
async function pushOrCreate(
  client: Reprise,
  slug: string,
  source: string,
  definition: JsonObject,
): Promise<VersionPushed> {
  try {
    return await client.workflows.push(slug, source);
  } catch (error) {
    if (!(error instanceof RepriseError && error.code === "not_found")) throw error;
  }
  const { name } = definition;
  const named = typeof name === "string" && name !== "" ? { name } : {};
  const { version, contentHash, warnings } = await client.workflows.create({ slug, ...named, definition });
  return { version, contentHash, created: true, ...(warnings ? { warnings } : {}) };
}
