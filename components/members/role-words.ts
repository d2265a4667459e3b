import type { Role } from "#/lib/contract/access.ts";

/** What a role may do, each including the ones before it (product contract, "Roles"). */
export const roleAbout: Record<Role, string> = {
  viewer: "Reads runs, traces, workflows, prompts, models and policies.",
  operator: "Triggers, replays, cancels and pauses runs; saves node mappings.",
  admin: "Policies, models, prompts, workflows, variables, API keys, members; reads the audit log.",
  owner: "Everything, and the account's policy. Only an owner makes or removes an owner.",
};
