import { signIn } from "next-auth/react";
import { signInPath } from "#/lib/auth/sign-in-address.ts";

/** Signs in with a password that was just set, then goes to `path`, or to the sign-in page if that did not work. */
export async function signInAgain(email: string, password: string, path: string): Promise<void> {
  const result = await signIn("credentials", { email, password, redirect: false }).catch(() => null);
  const isIn = Boolean(result?.ok && !result.error);
  window.location.assign(isIn ? path : signInPath(path));
}
