import { roles, type Role } from "#/lib/contract/access.ts";

export type PasswordLinkVerdict = { allowed: true } | { allowed: false; because: string };

/**
 * May this person make a password link for that one? Who holds the link can sign in as the other, in all their
 * workspaces: so in each of them the maker must be above the other, or an owner. Nobody for themselves: that would be a
 * way around the current password. Pure.
 */
export function decidePasswordLink(about: {
  isSelf: boolean;
  maker: readonly { workspaceId: string; role: Role }[];
  target: readonly { workspaceId: string; role: Role }[];
}): PasswordLinkVerdict {
  if (about.isSelf) return { allowed: false, because: "Change your own password on your account page." };
  if (about.target.length === 0) return { allowed: false, because: "This person is in no workspace." };
  for (const { workspaceId, role } of about.target) {
    const held = about.maker.find((each) => each.workspaceId === workspaceId)?.role;
    if (held === undefined || !isAbove(held, role)) return { allowed: false, because: notAbove };
  }
  return { allowed: true };
}

/** One sentence for both: it must not tell of a workspace that the maker does not know. */
const notAbove = "Only an owner, or an admin above this person's role, in each of their workspaces may do that.";

function isAbove(held: Role, role: Role): boolean {
  return held === "owner" || (held === "admin" && roles.indexOf(role) < roles.indexOf("admin"));
}
