import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { Door } from "#/components/account/door.tsx";
import { sameOriginPath } from "#/components/shell/same-origin-path.ts";
import { signInProviders } from "#/lib/auth/oauth-providers.ts";
import { sessionUser } from "#/lib/auth/session.ts";
import { SignInForm } from "./sign-in-form.tsx";
import { signInProblem } from "./sign-in-problem.ts";

export const metadata: Metadata = { title: "Sign in" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function SignInPage({ searchParams }: Props) {
  const params = await searchParams;
  const [callbackUrl, error] = [[params["callbackUrl"]].flat()[0], [params["error"]].flat()[0]];
  const target = sameOriginPath(callbackUrl, (await headers()).get("host"));
  if (await sessionUser()) redirect(target);
  return (
    <Door title="Sign in to Reprise">
      <SignInForm
        target={target}
        providers={signInProviders()}
        initialProblem={error ? signInProblem(error, { trustText: false }) : null}
      />
      <p className="text-sm text-ink-muted">
        Forgot your password, or have none yet? Ask a workspace admin for a link.
      </p>
    </Door>
  );
}
