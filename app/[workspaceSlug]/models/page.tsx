import type { Metadata } from "next";
import { parseModelsShown } from "#/components/models/model-query.ts";
import { ModelsTable } from "#/components/models/models-table.tsx";
import type { SearchParams } from "#/components/shell/list-pages.ts";
import { pageContext } from "#/lib/auth/page-context.ts";
import { builtInCatalogue } from "#/lib/models/catalogue.ts";
import { listModels } from "#/lib/models/list-models.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { setModelRetiredAction } from "./actions.ts";

export const metadata: Metadata = { title: "Models" };

type Props = { params: Promise<{ workspaceSlug: string }>; searchParams: Promise<SearchParams> };

export default async function ModelsPage({ params, searchParams }: Props) {
  const ctx = await pageContext((await params).workspaceSlug);
  const gone = builtInCatalogue(ctx.clock.now()).filter((model) => model.retired);
  return (
    <ModelsTable
      workspaceSlug={ctx.workspace.slug}
      models={await listModels(ctx)}
      show={parseModelsShown(await searchParams)}
      goneRefs={gone.map((model) => model.ref)}
      writeDenied={denialOf(ctx.actor, "model:write")}
      setRetired={setModelRetiredAction}
    />
  );
}
