/** The sign-in page. */
export const signInPage = "/login";

const backTo = "callbackUrl";

/** The sign-in page's address, which leads back to `path`. */
export function signInPath(path: string): string {
  return `${signInPage}?${backTo}=${encodeURIComponent(path)}`;
}

/** Is this path (query and hash may follow) the sign-in page itself? */
export function isSignInPage(path: string): boolean {
  return path.startsWith(signInPage) && /^(?:[/?#]|$)/.test(path.slice(signInPage.length));
}
