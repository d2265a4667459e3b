import type { Metadata } from "next";
import type { ReactNode } from "react";

/** The address holds a secret: no page opened from here may learn it, not even from the not-found page. */
export const metadata: Metadata = { title: "Set a password", referrer: "no-referrer" };

export default function PasswordLinkLayout({ children }: { children: ReactNode }) {
  return children;
}
