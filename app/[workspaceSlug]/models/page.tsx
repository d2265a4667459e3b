import type { Metadata } from "next";
import { parseModelsShown } from "#/components/models/model-query.ts";
import { ModelsPage } from "#/components/models/models-page.tsx";
import { providerRows, setBy } from "#/components/models/provider-rows.ts";
import type { SearchParams } from "#/components/shell/list-pages.ts";
import { pageContext } from "#/lib/auth/page-context.ts";
import { builtInCatalogue } from "#/lib/models/catalogue.ts";
import { listModels } from "#/lib/models/list-models.ts";
import { listProviders } from "#/lib/models/providers.ts";
import { actorNames } from "#/lib/tenancy/actor-names.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { addModelAction, removeProviderAction, setModelRetiredAction, setProviderAction } from "./actions.ts";

export const metadata: Metadata = { title: "Models" };

type Props = { params: Promise<{ workspaceSlug: string }>; searchParams: Promise<SearchParams> };

export default async function Models({ params, searchParams }: Props) {
  const ctx = await pageContext((await params).workspaceSlug);
  const mayRead = denialOf(ctx.actor, "provider:read") === null;
  const [models, providers, by] = await Promise.all([
    listModels(ctx),
    mayRead ? listProviders(ctx) : null,
    keysSetBy(ctx),
  ]);
  const gone = builtInCatalogue(ctx.clock.now()).filter((model) => model.retired);
  return (
    <ModelsPage
      workspaceSlug={ctx.workspace.slug}
      models={models}
      show={parseModelsShown(await searchParams)}
      goneRefs={gone.map((model) => model.ref)}
      writeDenied={denialOf(ctx.actor, "model:write")}
      providers={{
        rows: providerRows(providers, models),
        setBy: by,
        names: await actorNames(ctx, Object.values(by)),
        denied: denialOf(ctx.actor, "provider:write"),
        actions: { set: setProviderAction, remove: removeProviderAction },
      }}
      actions={{ add: addModelAction, setRetired: setModelRetiredAction }}
    />
  );
}

/** Who set each key last, for those who may read the audit log. */
async function keysSetBy(ctx: Ctx): Promise<Record<string, string | null>> {
  if (denialOf(ctx.actor, "audit:read") !== null) return {};
  const filter = { action: "provider_key.changed" as const };
  return setBy((await listAuditEvents(ctx, { filter, limit: 200, after: null })).data);
}
