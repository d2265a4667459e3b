const known: Record<string, string> = {
  CredentialsSignin: "Email or password is wrong.",
  AccessDenied: "This identity is not known here. Ask an admin of your workspace to add its email address.",
  OAuthAccountNotLinked: "This email address signs in another way. Use the way you used before.",
  SessionRequired: "Sign in to go on.",
  Verification: "The sign-in link has expired or was used already.",
  Configuration: "Sign-in is not set up correctly on the server. Its operator finds the reason in the log.",
};

/**
 * A sentence for what next-auth calls a sign-in error. From the address bar only codes count (`trustText` false): a link
 * must not be able to put words on our page. Pure.
 */
export function signInProblem(error: string, { trustText }: { trustText: boolean }): string {
  const sentence = Object.hasOwn(known, error) ? known[error] : undefined;
  if (sentence) return sentence;
  const isSentence = /^[A-Z][^<>]* [^<>]*\.$/.test(error) && error.length <= 200;
  return trustText && isSentence ? error : "Signing in did not work. Try again.";
}
