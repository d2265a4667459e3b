import type { WorkspaceNames } from "#/components/workflows/definition-completion.ts";
import { listModels } from "#/lib/models/list-models.ts";
import { listPrompts } from "#/lib/prompts/list-prompts.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { listTools } from "#/lib/tools/list-tools.ts";
import { listWorkflows } from "#/lib/workflows/list-workflows.ts";

/** Prompts that are offered, the newest: a longer list is no use for choosing. */
const mostPrompts = 200;

/** What the definitions of a workspace may name; of models, those that may be called now. */
export async function workspaceNames(ctx: Ctx): Promise<WorkspaceNames> {
  const [models, tools, workflows, prompts] = await Promise.all([
    listModels(ctx),
    listTools(ctx),
    listWorkflows(ctx),
    listPrompts(ctx, { limit: mostPrompts, after: null }),
  ]);
  const ofServers = Map.groupBy(tools, ({ source }) => source?.name);
  return {
    models: models.filter(({ allowed }) => allowed).map(({ ref, name }) => ({ ref, name })),
    prompts: prompts.data.map(({ id, name, latestHash }) => ({ id, name, latestHash })),
    tools: tools.filter(({ kind }) => kind === "http").map(({ name }) => name),
    servers: [...ofServers].flatMap(([name, own]) =>
      name === undefined ? [] : [{ name, tools: own.map((tool) => tool.name) }],
    ),
    workflows: workflows.map(({ slug }) => slug),
  };
}
