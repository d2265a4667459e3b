import type { VersionValidated } from "#/lib/contract/workflow.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { writeDefinition } from "./bounded-definition.ts";
import type { DefinitionSource } from "./definition-source.ts";
import { faultsOr, fieldsOf } from "./definition-faults.ts";
import { loadWorkflow } from "./list-workflows.ts";
import { judgeDefinition, versionWarnings } from "./push-version.ts";
import { definitionJson } from "./stored-definition.ts";
import { diffVersions } from "./version-diff.ts";
import { versionRefusals } from "./version-refusals.ts";
import { findVersion, findVersionByHash } from "./version-store.ts";

/**
 * What `pushVersion` would do with this definition, by the same rules; stores nothing. Faults are an answer here, not an
 * error. `texts`: also the definition and the latest version as YAML, for a comparison line by line. Throws `not_found`.
 */
export async function validateVersion(
  ctx: Ctx,
  slug: string,
  source: DefinitionSource,
  { texts = false } = {},
): Promise<VersionValidated> {
  authorize(ctx, "workflow:write");
  const workflow = await loadWorkflow(ctx, slug);
  const [judged, latest] = await Promise.all([
    faultsOr(() => judgeDefinition(ctx, source)),
    findVersion(ctx.db, workflow.id, "latest"),
  ]);
  const latestVersion = latest?.version ?? null;
  if (Array.isArray(judged))
    return {
      ...{ valid: false, faults: judged, warnings: [], contentHash: null, sameAs: null, latestVersion },
      ...{ difference: null, texts: null },
    };
  const { definition, contentHash } = judged;
  const same = await findVersionByHash(ctx.db, workflow.id, contentHash);
  // The same content was accepted before: pushing it again gives that version, whatever has become of its tools.
  const refusals = same ? [] : await versionRefusals(ctx.db, ctx.workspace.id, judged);
  const written = async (version: typeof definition) => writeDefinition(ctx.workspace.id, definitionJson(version));
  return {
    valid: refusals.length === 0,
    faults: refusals.flatMap(fieldsOf),
    warnings: versionWarnings(judged),
    contentHash,
    sameAs: same?.version ?? null,
    latestVersion,
    difference: latest ? diffVersions(latest.definition, definition) : null,
    texts: texts
      ? { latest: latest ? await written(latest.definition) : null, pushed: await written(definition) }
      : null,
  };
}
