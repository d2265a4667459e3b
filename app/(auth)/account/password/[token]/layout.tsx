import type { Metadata } from "next";
import type { ReactNode } from "react";

/** The address holds a secret: no page that is opened from here may learn it, not even from where it is not found. */
export const metadata: Metadata = { title: "Set a password", referrer: "no-referrer" };

export default function PasswordLinkLayout({ children }: { children: ReactNode }) {
  return children;
}
