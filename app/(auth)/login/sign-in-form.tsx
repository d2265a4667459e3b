"use client";

import { signIn } from "next-auth/react";
import { type FormEvent, useState, useSyncExternalStore } from "react";
import { Button } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { Field } from "#/components/ui/field.tsx";
import { Input } from "#/components/ui/input.tsx";
import { signInProblem } from "./sign-in-problem.ts";

const noChange = () => () => {};

/** Email and password, and a button for each identity provider. `target` is a path of this site. */
export function SignInForm({
  target,
  providers,
  initialProblem,
}: {
  target: string;
  providers: { id: string; name: string }[];
  initialProblem: string | null;
}) {
  const [problem, setProblem] = useState(initialProblem);
  const [busyWith, setBusyWith] = useState<string | null>(null);
  // Until the page is hydrated the browser would submit the form itself, which leads nowhere.
  const isAlive = useSyncExternalStore(
    noChange,
    () => true,
    () => false,
  );

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusyWith("credentials");
    setProblem(null);
    const failure = await trySignIn(String(form.get("email")), String(form.get("password")));
    if (failure === null) return window.location.assign(target);
    setProblem(failure);
    setBusyWith(null);
  };

  return (
    <div className="flex flex-col gap-4">
      {problem ? <Callout kind="danger">{problem}</Callout> : null}
      <form method="post" onSubmit={submit} className="flex flex-col gap-3">
        <Field label="Email">
          {(control) => (
            <Input
              {...control}
              name="email"
              type="email"
              autoComplete="username"
              required
              maxLength={320}
              spellCheck={false}
            />
          )}
        </Field>
        <Field label="Password">
          {(control) => (
            <Input
              {...control}
              name="password"
              type="password"
              autoComplete="current-password"
              required
              maxLength={1000}
            />
          )}
        </Field>
        <Button type="submit" variant="primary" size="md" disabled={!isAlive} loading={busyWith === "credentials"}>
          Sign in
        </Button>
      </form>
      {providers.length > 0 ? (
        <div className="flex flex-col gap-2 border-t border-line pt-4">
          {providers.map((provider) => (
            <Button
              key={provider.id}
              size="md"
              disabled={!isAlive}
              loading={busyWith === provider.id}
              onClick={() => {
                setBusyWith(provider.id);
                void signIn(provider.id, { callbackUrl: target });
              }}
            >
              Continue with {provider.name}
            </Button>
          ))}
        </div>
      ) : null}
    </div>
  );
}

/** Null when signed in, else what to tell the person. */
async function trySignIn(email: string, password: string): Promise<string | null> {
  try {
    const result = await signIn("credentials", { email, password, redirect: false });
    if (result?.ok && !result.error) return null;
    // Anything that is not a code is a sentence from our own server, such as how long to wait.
    return signInProblem(result?.error ?? "", { trustText: true });
  } catch {
    return "The server could not be reached. Check the connection and try again.";
  }
}
