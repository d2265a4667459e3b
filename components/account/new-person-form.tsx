"use client";

import type { FormEvent } from "react";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { Button } from "#/components/ui/button.tsx";
import { Field } from "#/components/ui/field.tsx";
import { Input } from "#/components/ui/input.tsx";
import { PasswordField } from "./password-field.tsx";
import { signInAgain } from "./sign-in-again.ts";
import { type PersonAction, useIsAlive, usePersonAction } from "./use-person-action.ts";

export type AcceptAsNewAction = PersonAction<
  { token: string; name: string; password: string },
  { email: string; workspaceSlug: string }
>;

/** Asks someone new for a name and a password, then signs them in to the workspace. */
export function NewPersonForm({
  token,
  email,
  name,
  accept,
}: {
  token: string;
  email: string;
  /** The name that the inviter entered; they may choose another. */
  name: string | null;
  accept: AcceptAsNewAction;
}) {
  const { run, isBusy, refusal } = usePersonAction(accept);
  const isAlive = useIsAlive();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [name, password] = [String(form.get("name")), String(form.get("password"))];
    run({ token, name, password }, (done) => signInAgain(done.email, password, `/${done.workspaceSlug}`));
  };
  return (
    <form method="post" onSubmit={submit} className="flex flex-col gap-3">
      <RefusalCallout refusal={refusal} shown={["name", "password"]} />
      <Field label="Email" hint="The address that was invited.">
        {(control) => (
          <Input
            {...control}
            name="email"
            type="email"
            autoComplete="username"
            readOnly
            value={email}
            className="bg-hover"
          />
        )}
      </Field>
      <Field label="Name" error={fieldMessage(refusal, "name")}>
        {(control) => (
          <Input {...control} name="name" autoComplete="name" required maxLength={200} defaultValue={name ?? ""} />
        )}
      </Field>
      <PasswordField label="Password" name="password" isNew error={fieldMessage(refusal, "password")} />
      <Button type="submit" variant="primary" size="md" disabled={!isAlive} loading={isBusy}>
        Create account and join
      </Button>
    </form>
  );
}
