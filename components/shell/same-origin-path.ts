import { isSignInPage } from "#/lib/auth/sign-in-address.ts";

/**
 * Where to go after sign-in: the path of `url` if it is on this site, else "/". `url` may be a path or an absolute
 * address on `ownHost` (host with port). Never another site, never the sign-in page itself. Pure.
 */
export function sameOriginPath(url: string | undefined, ownHost: string | null): string {
  if (!url || !/^(\/|https?:\/\/)/.test(url)) return "/";
  const here = "http://here.invalid";
  try {
    const target = new URL(url, here);
    const isOwn = target.origin === here || (ownHost !== null && target.host === ownHost);
    const path = `${target.pathname}${target.search}${target.hash}`;
    // "//host" in a path position would be read as another site by whoever resolves it next.
    if (!isOwn || path.startsWith("//") || isSignInPage(path)) return "/";
    return path;
  } catch {
    return "/";
  }
}
