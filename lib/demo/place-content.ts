import { createPrompt } from "#/lib/prompts/create-prompt.ts";
import { createRevision } from "#/lib/prompts/create-revision.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { createWorkflow, pushVersion } from "#/lib/workflows/push-version.ts";
import { demoPrompts, demoWorkflows, withPrompts, type PlacedPrompt } from "./content/load-content.ts";

/** Adds the workflows of a newer release to a workspace that has the others; they need no prompts. */
export async function placeMissing(ctx: Ctx, known: ReadonlySet<string>): Promise<void> {
  for (const { slug, name, versions } of demoWorkflows().filter((workflow) => !known.has(workflow.slug))) {
    const [first, ...later] = versions.map((definition) => ({ json: withPrompts(definition, {}) }));
    if (!first) continue;
    await createWorkflow(ctx, { slug, name, definition: first });
    for (const definition of later) await pushVersion(ctx, slug, definition);
  }
}

/** Creates the demo's prompts and workflows, all revisions and versions, in a workspace that has none; prompts by name. */
export async function placeContent(ctx: Ctx): Promise<Record<string, PlacedPrompt>> {
  return ctx.db.transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const placed: Record<string, PlacedPrompt> = {};
    for (const { name, revisions } of demoPrompts()) {
      const [first = "", ...later] = revisions;
      const { id, contentHash } = await createPrompt(inTx, { name, text: first });
      const hashes = [contentHash];
      for (const text of later) hashes.push((await createRevision(inTx, id, { text })).contentHash);
      placed[name] = { id, hashes };
    }
    for (const { slug, name, versions } of demoWorkflows()) {
      const [first, ...later] = versions.map((definition) => ({ json: withPrompts(definition, placed) }));
      if (!first) continue;
      await createWorkflow(inTx, { slug, name, definition: first });
      for (const definition of later) await pushVersion(inTx, slug, definition);
    }
    return placed;
  });
}
