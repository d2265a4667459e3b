import type { Metadata } from "next";
import type { ReactNode } from "react";

/** The address holds a secret: no page that is opened from here may learn it, not even from where it is not found. */
export const metadata: Metadata = { title: "Invitation", referrer: "no-referrer" };

export default function InvitationLayout({ children }: { children: ReactNode }) {
  return children;
}
