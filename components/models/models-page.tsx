import { Link } from "#/components/ui/link.tsx";
import type { ServerAction } from "#/components/shell/use-server-action.ts";
import { LinkTabs } from "#/components/ui/link-tabs.tsx";
import { mostRows, NotListed } from "#/components/ui/not-listed.tsx";
import { PageHeader } from "#/components/ui/page-header.tsx";
import type { CreateModelRequest, ModelView } from "#/lib/contract/model.ts";
import { AddModel } from "./add-model.tsx";
import { modelsOf, type ModelsShown, modelViews } from "./model-query.ts";
import { ModelsTable } from "./models-table.tsx";
import { type ProvidersProps, ProvidersSection } from "./providers-section.tsx";

const viewLabel: Record<ModelsShown, string> = { all: "All", allowed: "Allowed", not_allowed: "Not allowed" };

type Props = {
  workspaceSlug: string;
  models: ModelView[];
  show: ModelsShown;
  goneRefs: string[];
  writeDenied: string | null;
  providers: ProvidersProps;
  actions: {
    add: ServerAction<CreateModelRequest>;
    setRetired: ServerAction<{ ref: string; retired: boolean }>;
  };
};

/** Whose key each provider is called with, and which of its models may be called. */
export function ModelsPage({ workspaceSlug, models, show, goneRefs, writeDenied, providers, actions }: Props) {
  const countOf = (view: ModelsShown) => modelsOf(models, view).reduce((sum, group) => sum + group.models.length, 0);
  return (
    <div className="flex min-h-0 grow flex-col">
      <PageHeader
        title="Models"
        actions={
          <AddModel denied={writeDenied} providers={providers.rows.map((row) => row.provider)} add={actions.add} />
        }
      >
        The catalogue decides which models can be called, together with the{" "}
        <Link href={`/${workspaceSlug}/policies`} className="rounded-sm text-accent underline">
          policies
        </Link>{" "}
        of the workspace and the account. Both are checked at submit and again before each call.
      </PageHeader>
      <div className="flex min-h-0 grow flex-col overflow-y-auto pb-6">
        <ProvidersSection {...providers} />
        <section aria-labelledby="catalogue" className="shrink-0">
          <h2 id="catalogue" className="px-3 font-semibold md:px-4">
            Catalogue
          </h2>
          <LinkTabs
            label="Which models"
            tabs={modelViews.map((view) => ({
              href: view === "all" ? `/${workspaceSlug}/models` : `/${workspaceSlug}/models?show=${view}`,
              label: `${viewLabel[view]} ${countOf(view)}`,
              isCurrent: view === show,
            }))}
          />
          <ModelsTable
            models={models.slice(0, mostRows)}
            show={show}
            goneRefs={goneRefs}
            writeDenied={writeDenied}
            setRetired={actions.setRetired}
          />
          <NotListed count={models.length - mostRows} />
        </section>
      </div>
    </div>
  );
}
