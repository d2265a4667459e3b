const known: Record<string, string> = {
  CredentialsSignin: "Wrong email or password.",
  AccessDenied: "No account matches this identity. Ask a workspace admin to add its email address.",
  OAuthAccountNotLinked: "This email address uses another sign-in method. Sign in the way you did before.",
  SessionRequired: "Sign in to continue.",
  Verification: "The sign-in link has expired or was already used.",
  Configuration: "Sign-in is not configured correctly on the server. The server log has the reason.",
};

/**
 * A sentence for what next-auth calls a sign-in error. From the address bar only codes count (`trustText` false): a link
 * must not be able to put words on our page. Pure.
 */
export function signInProblem(error: string, { trustText }: { trustText: boolean }): string {
  const sentence = Object.hasOwn(known, error) ? known[error] : undefined;
  if (sentence) return sentence;
  // The length first: the pattern takes time by its square, and anybody may send an address.
  const isSentence = () => error.length <= 200 && /^[A-Z][^<>]* [^<>]*\.$/.test(error);
  return trustText && isSentence() ? error : "Sign-in failed. Try again.";
}
