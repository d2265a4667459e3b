import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { Logo } from "#/components/shell/logo.tsx";
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
    <main className="flex min-h-dvh flex-col items-center px-4 pt-[16dvh]">
      <div className="flex w-full max-w-80 flex-col gap-5">
        <header className="flex flex-col gap-3">
          <Logo className="size-7 text-accent" />
          <h1 className="text-xl font-semibold">Sign in to Reprise</h1>
        </header>
        <SignInForm
          target={target}
          providers={signInProviders()}
          initialProblem={error ? signInProblem(error, { trustText: false }) : null}
        />
      </div>
    </main>
  );
}
