import type { AuthOptions } from "next-auth";
import GitHub from "next-auth/providers/github";
import { env } from "#/lib/core/env.ts";

/** The identity providers that the environment configures: GitHub, and any one OpenID Connect issuer. */
export function oauthProviders(): AuthOptions["providers"] {
  return [...github(), ...openIdConnect()];
}

/** Id and name of each, for the buttons of the sign-in page. */
export function signInProviders(): { id: string; name: string }[] {
  return oauthProviders().map(({ id, name }) => ({ id, name }));
}

function github(): AuthOptions["providers"] {
  const [clientId, clientSecret] = [env("GITHUB_ID"), env("GITHUB_SECRET")];
  if (!clientId || !clientSecret) return [];
  const userinfo = {
    url: "https://api.github.com/user",
    async request({ tokens }: { tokens: { access_token?: string } }) {
      const [profile, emails] = await Promise.all([
        githubJson<Record<string, unknown>>("/user", tokens.access_token),
        githubJson<{ email: string; primary: boolean; verified: boolean }[]>("/user/emails", tokens.access_token),
      ]);
      const primary = emails.find((entry) => entry.primary && entry.verified);
      return { ...profile, email: primary?.email ?? null, email_verified: primary !== undefined };
    },
  };
  // The email of the public profile is not vouched for; the list of addresses says which one is verified.
  return [{ ...GitHub({ clientId, clientSecret }), userinfo } as AuthOptions["providers"][number]];
}

async function githubJson<T>(path: string, token: string | undefined): Promise<T> {
  const response = await fetch(`https://api.github.com${path}`, {
    headers: { authorization: `Bearer ${token ?? ""}`, accept: "application/vnd.github+json" },
  });
  if (!response.ok) throw new Error(`GitHub answered ${response.status} to ${path}`);
  return (await response.json()) as T;
}

type OidcProfile = { sub: string; email?: string; name?: string; preferred_username?: string };

function openIdConnect(): AuthOptions["providers"] {
  const [issuer, clientId, clientSecret] = [env("OIDC_ISSUER"), env("OIDC_CLIENT_ID"), env("OIDC_CLIENT_SECRET")];
  if (!issuer || !clientId || !clientSecret) return [];
  return [
    {
      id: "oidc",
      name: env("OIDC_NAME"),
      type: "oauth",
      wellKnown: `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
      clientId,
      clientSecret,
      authorization: { params: { scope: "openid email profile" } },
      idToken: true,
      checks: ["pkce", "state"],
      profile: (profile: OidcProfile) => ({
        id: profile.sub,
        name: profile.name ?? profile.preferred_username ?? profile.email ?? profile.sub,
        email: profile.email ?? null,
      }),
    },
  ];
}
