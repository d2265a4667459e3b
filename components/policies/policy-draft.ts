import type { PolicyValues, PutPolicyRequest } from "#/lib/contract/policy.ts";

/** A list as it is edited. `entries` are kept while another mode is chosen, so that trying one loses nothing. */
export type ListDraft = { mode: "unset" | "none" | "list"; entries: string[] };
export type MutationChoice = "unset" | "false" | "true";
export type PolicyDraft = { models: ListDraft; providers: ListDraft; mutations: MutationChoice };

/** What a level says now, as something to edit. Pure. */
export function draftOf(values: PolicyValues): PolicyDraft {
  const { allowMutations } = values.replay;
  return {
    models: listDraft(values.allowedModels),
    providers: listDraft(values.allowedProviders),
    mutations: allowMutations === null ? "unset" : allowMutations ? "true" : "false",
  };
}

/**
 * What would be sent; it replaces all that the level says. Null for a chosen list without entries: it cannot be sent.
 * Pure.
 */
export function requestOf(draft: PolicyDraft): Required<PutPolicyRequest> | null {
  const [models, providers] = [valueOf(draft.models), valueOf(draft.providers)];
  if (models === undefined || providers === undefined) return null;
  const allowMutations = draft.mutations === "unset" ? null : draft.mutations === "true";
  return { allowedModels: models, allowedProviders: providers, replay: { allowMutations } };
}

/** What the level would say after saving, for the forecast; null as for `requestOf`. Pure. */
export function valuesOf(draft: PolicyDraft): PolicyValues | null {
  const request = requestOf(draft);
  if (!request) return null;
  const { allowedModels, allowedProviders, replay } = request;
  return { allowedModels, allowedProviders, replay: { allowMutations: replay.allowMutations ?? null } };
}

/** The list with an entry ticked or not. Each entry appears once, in the order of ticking. Pure. */
export function withEntry(list: ListDraft, entry: string, isIn: boolean): ListDraft {
  const others = list.entries.filter((each) => each !== entry);
  return { ...list, entries: isIn ? [...others, entry] : others };
}

function listDraft(list: string[] | null): ListDraft {
  if (list === null) return { mode: "unset", entries: [] };
  return { mode: list.length === 0 ? "none" : "list", entries: [...list] };
}

function valueOf(list: ListDraft): string[] | null | undefined {
  if (list.mode === "unset") return null;
  if (list.mode === "none") return [];
  return list.entries.length === 0 ? undefined : list.entries;
}
