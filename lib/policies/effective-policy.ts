import type { PolicyValues, PolicyView } from "#/lib/contract/policy.ts";

type Effective = PolicyView["effective"];
type Origin = Effective["allowedModels"]["origin"];

/**
 * The effective policy of both levels together, and which level each value comes from. Lists intersect, compared byte
 * for byte; null = no list in force; an empty list allows nothing. Pure.
 */
export function effectivePolicy(levels: { account: PolicyValues; workspace: PolicyValues }): Effective {
  const { account, workspace } = levels;
  return {
    allowedModels: intersection(account.allowedModels, workspace.allowedModels),
    allowedProviders: intersection(account.allowedProviders, workspace.allowedProviders),
    replay: { allowMutations: mutations(account.replay.allowMutations, workspace.replay.allowMutations) },
  };
}

function intersection(account: string[] | null, workspace: string[] | null): Effective["allowedModels"] {
  if (account === null && workspace === null) return { value: null, origin: "default" };
  if (account === null) return { value: workspace, origin: "workspace" };
  if (workspace === null) return { value: account, origin: "account" };
  const inAccount = new Set(account);
  return { value: workspace.filter((entry) => inAccount.has(entry)), origin: "both" };
}

/** A `false` at either level is final; an account's `true` only means that it does not forbid. */
function mutations(account: boolean | null, workspace: boolean | null): Effective["replay"]["allowMutations"] {
  const forbidden = account === false || workspace === false;
  return {
    value: !forbidden && workspace === true,
    origin: mutationOrigin(account, workspace),
    nodesMayOptIn: !forbidden,
  };
}

function mutationOrigin(account: boolean | null, workspace: boolean | null): Origin {
  if (account === false) return workspace === false ? "both" : "account";
  return workspace === null ? "default" : "workspace";
}
