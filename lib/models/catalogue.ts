import type { ModelPrice } from "#/lib/contract/model.ts";
import catalogueFile from "./catalogue.json" with { type: "json" };

/** One model of the catalogue. `ref` is `provider:id`, compared byte for byte everywhere. */
export type CatalogueEntry = {
  ref: string;
  id: string;
  provider: string;
  name: string;
  contextTokens?: number;
  maxOutputTokens?: number;
  /** Retired by its provider or by the workspace: no new call may be made. */
  retired?: boolean;
  /** The workspace's own price; without one the price file applies. */
  price?: ModelPrice | null;
};

/** What a workspace says about a model: a built-in one that it retires or prices, or a model of its own. */
export type WorkspaceModel = {
  ref: string;
  modelId: string;
  provider: string;
  name: string;
  retiredAt: Date | null;
  price: ModelPrice | null;
};

type FileEntry = {
  provider: string;
  id: string;
  name: string;
  contextTokens?: number;
  maxOutputTokens?: number;
  /** From this day on (00:00 UTC) the provider no longer serves it. */
  retiresOn?: string;
};

/** `provider:id`. Ids may hold colons, provider names do not. */
export function modelRef(provider: string, id: string): string {
  return `${provider}:${id}`;
}

/** Splits a ref at its first colon; null when there is no provider or no id. */
export function splitModelRef(ref: string): { provider: string; id: string } | null {
  const colon = ref.indexOf(":");
  if (colon < 1 || colon === ref.length - 1) return null;
  return { provider: ref.slice(0, colon), id: ref.slice(colon + 1) };
}

/** The models that every workspace starts with, as of the given time. */
export function builtInCatalogue(at: Date): CatalogueEntry[] {
  return (catalogueFile.models as FileEntry[]).map(({ retiresOn, ...entry }) => ({
    ...entry,
    ref: modelRef(entry.provider, entry.id),
    retired: retiresOn !== undefined && at.getTime() >= Date.parse(retiresOn),
  }));
}

/**
 * The catalogue of one workspace: the built-in models changed by its rows, then its own models by ref. A model that its
 * provider has retired stays retired, whatever the workspace says.
 */
export function workspaceCatalogue(rows: readonly WorkspaceModel[], at: Date): CatalogueEntry[] {
  const merged = new Map(builtInCatalogue(at).map((entry) => [entry.ref, entry]));
  for (const row of rows.toSorted((a, b) => (a.ref < b.ref ? -1 : 1))) {
    const builtIn = merged.get(row.ref);
    merged.set(row.ref, {
      ...(builtIn ?? { ref: row.ref, id: row.modelId, provider: row.provider }),
      name: row.name,
      retired: (builtIn?.retired ?? false) || row.retiredAt !== null,
      price: row.price,
    });
  }
  return [...merged.values()];
}

export function findModel(catalogue: readonly CatalogueEntry[], ref: string): CatalogueEntry | null {
  return catalogue.find((entry) => entry.ref === ref) ?? null;
}
