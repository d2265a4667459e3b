import type { SearchParams } from "#/components/shell/list-pages.ts";
import type { ModelView } from "#/lib/contract/model.ts";

export const modelViews = ["all", "allowed", "not_allowed"] as const;
export type ModelsShown = (typeof modelViews)[number];

/** Which models the address asks for. Pure. */
export function parseModelsShown(params: SearchParams): ModelsShown {
  const show = [params["show"]].flat()[0];
  return modelViews.find((known) => known === show) ?? "all";
}

/** The models of a view, by provider and then as the catalogue has them. Pure. */
export function modelsOf(models: readonly ModelView[], show: ModelsShown): { provider: string; models: ModelView[] }[] {
  const shown = models.filter((model) => show === "all" || model.allowed === (show === "allowed"));
  return [...Map.groupBy(shown, (model) => model.provider)].map(([provider, list]) => ({ provider, models: list }));
}
