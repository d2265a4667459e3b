import type { Role } from "#/lib/contract/access.ts";

/** What a role may do, each including the ones before it (product contract, "Roles"). */
export const roleAbout: Record<Role, string> = {
  viewer: "Reads runs, traces, workflows, prompts, models and policies.",
  operator: "Triggers, replays, cancels and pauses runs; saves node mappings.",
  admin: "Manages policies, models, prompts, workflows, variables, API keys and members; reads the audit log.",
  owner: "Everything, including the account's policy. Only owners can add or remove owners.",
};
