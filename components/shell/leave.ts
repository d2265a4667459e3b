import { signOut } from "next-auth/react";
import { dropAllDrafts } from "#/components/ui/draft-store.ts";
import { signInPage } from "#/lib/auth/sign-in-address.ts";

/** Ends the session and shows the sign-in page at the current address, whatever the server calls itself. */
export async function leave(): Promise<void> {
  await signOut({ redirect: false });
  dropAllDrafts();
  window.location.assign(signInPage);
}
