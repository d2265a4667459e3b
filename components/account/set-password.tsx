"use client";

import type { FormEvent } from "react";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { Button } from "#/components/ui/button.tsx";
import { PasswordField } from "./password-field.tsx";
import { signInAgain } from "./sign-in-again.ts";
import { type PersonAction, useIsAlive, usePersonAction } from "./use-person-action.ts";

export type SetPasswordAction = PersonAction<{ token: string; password: string }, { email: string }>;

/** Sets the password from a link, then signs in with it. */
export function SetPassword({ token, email, set }: { token: string; email: string; set: SetPasswordAction }) {
  const { run, isBusy, refusal } = usePersonAction(set);
  const isAlive = useIsAlive();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get("password"));
    run({ token, password }, (done) => signInAgain(done.email, password, "/"));
  };
  return (
    <form method="post" onSubmit={submit} className="flex flex-col gap-3">
      <RefusalCallout refusal={refusal} shown={["password"]} />
      {/* Tells password managers whose password it is. */}
      <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
      <PasswordField label="New password" name="password" isNew error={fieldMessage(refusal, "password")} />
      <Button type="submit" variant="primary" size="md" disabled={!isAlive} loading={isBusy}>
        Set password and sign in
      </Button>
    </form>
  );
}
