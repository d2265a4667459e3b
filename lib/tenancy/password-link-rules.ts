import { roles, type Role } from "#/lib/contract/access.ts";

export type PasswordLinkVerdict = { allowed: true } | { allowed: false; because: string };

/**
 * May this person make a password link for that one? The account that made the other's user decides about it (`home`; null =
 * an identity provider made it): in each of its workspaces that the other is in, the maker must be above the other, or an
 * owner. What the other is in further accounts neither takes that right away nor gives it. Nobody makes one for themselves:
 * that would be a way around the current password. Pure.
 */
export function decidePasswordLink(about: {
  isSelf: boolean;
  home: string | null;
  maker: readonly Membership[];
  target: readonly Membership[];
}): PasswordLinkVerdict {
  if (about.isSelf) return { allowed: false, because: "Change your own password on your account page." };
  const atHome = about.target.filter(({ accountId }) => accountId === about.home);
  const isAboveIn = ({ workspaceId, role }: Membership) =>
    about.maker.some((each) => each.workspaceId === workspaceId && isAbove(each.role, role));
  return atHome.length > 0 && atHome.every(isAboveIn) ? { allowed: true } : { allowed: false, because: notAbove };
}

type Membership = { accountId: string; workspaceId: string; role: Role };

/** One sentence for all: it must not tell of a workspace or an account that the maker does not know. */
const notAbove =
  "Only the account that first added this person can do that: an owner, or an admin above their role, in each of its workspaces that they are in.";

function isAbove(held: Role, role: Role): boolean {
  return held === "owner" || (held === "admin" && roles.indexOf(role) < roles.indexOf("admin"));
}
