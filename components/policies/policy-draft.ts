import type { PolicyValues, PutPolicyRequest } from "#/lib/contract/policy.ts";

/** A list as it is edited. `entries` are kept while the mode is another, so that a look at it loses nothing. */
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

/** What would be sent; it replaces everything that the level says. A chosen list without entries is not sendable: null. Pure. */
export function requestOf(draft: PolicyDraft): Required<PutPolicyRequest> | null {
  const [models, providers] = [valueOf(draft.models), valueOf(draft.providers)];
  if (models === undefined || providers === undefined) return null;
  const allowMutations = draft.mutations === "unset" ? null : draft.mutations === "true";
  return { allowedModels: models, allowedProviders: providers, replay: { allowMutations } };
}

/** The same with what a level would say afterwards, for the forecast. Pure. */
export function valuesOf(draft: PolicyDraft): PolicyValues | null {
  const request = requestOf(draft);
  if (!request) return null;
  const { allowedModels, allowedProviders, replay } = request;
  return { allowedModels, allowedProviders, replay: { allowMutations: replay.allowMutations ?? null } };
}

/** The list with an entry ticked or not; order is that of ticking, each entry once. Pure. */
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
