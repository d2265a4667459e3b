import type { PolicyValues } from "#/lib/contract/policy.ts";
import { type CatalogueEntry, findModel, splitModelRef } from "./catalogue.ts";

export type ModelRefusalCode = "model_not_available" | "provider_blocked";
export type ModelDecision = { allowed: true } | { allowed: false; code: ModelRefusalCode; because: string };

export type ModelQuestion = {
  ref: string;
  catalogue: readonly CatalogueEntry[];
  account: Pick<PolicyValues, "allowedModels" | "allowedProviders">;
  workspace: Pick<PolicyValues, "allowedModels" | "allowedProviders">;
};

/**
 * Whether this workspace may call this model. Only this function decides (product contract, "Allowed"): the model must
 * be in the catalogue and not retired, and the lists of both levels must allow its provider and its ref. null = no list
 * = all, an empty list = none. Refs are compared byte for byte. A blocked provider is reported before anything about
 * the model itself, but a ref outside the catalogue has no known provider.
 */
export function decideModel({ ref, catalogue, account, workspace }: ModelQuestion): ModelDecision {
  const entry = findModel(catalogue, ref);
  if (!entry) return refused("model_not_available", "It is not in the catalogue.");
  const levels = [
    { name: "account", values: account },
    { name: "workspace", values: workspace },
  ] as const;
  for (const { name, values } of levels)
    if (!isListed(values.allowedProviders, entry.provider))
      return refused("provider_blocked", `Its provider is not in the ${name}'s allowed providers.`);
  if (entry.retired) return refused("model_not_available", "It is retired.");
  for (const { name, values } of levels)
    if (!isListed(values.allowedModels, ref))
      return refused("model_not_available", `It is not in the ${name}'s allowed models.`);
  return { allowed: true };
}

/** Whether a model id and a ref name the same model. Does not check that the model exists or is allowed. */
export function matchModelIdAndRef(
  id: string,
  ref: string,
  catalogue: readonly CatalogueEntry[],
): "ok" | "model_ref_mismatch" {
  const named = findModel(catalogue, ref)?.id ?? splitModelRef(ref)?.id;
  return named === id ? "ok" : "model_ref_mismatch";
}

const messages: Record<ModelRefusalCode, string> = {
  model_not_available:
    "This model is not available for this workspace. Pick an allowed model, or update the workspace policy.",
  provider_blocked:
    "This model provider is blocked by the workspace policy. Pick a model from an allowed provider, or update the policy.",
};

/** The text that every surface shows for the code, letter for letter from the product contract. */
export function modelRefusalMessage(code: ModelRefusalCode): string {
  return messages[code];
}

function isListed(list: readonly string[] | null, value: string): boolean {
  return list === null || list.includes(value);
}

function refused(code: ModelRefusalCode, because: string): ModelDecision {
  return { allowed: false, code, because };
}
