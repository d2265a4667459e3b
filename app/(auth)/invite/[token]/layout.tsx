import type { Metadata } from "next";
import type { ReactNode } from "react";

/** The address holds a secret: no page opened from here may learn it, not even from the not-found page. */
export const metadata: Metadata = { title: "Invitation", referrer: "no-referrer" };

export default function InvitationLayout({ children }: { children: ReactNode }) {
  return children;
}
