"use client";

import { type FormEvent, useRef } from "react";
import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { Button } from "#/components/ui/button.tsx";
import { PasswordField } from "./password-field.tsx";
import { type PersonAction, useIsAlive, usePersonAction } from "./use-person-action.ts";

export type ChangePasswordAction = PersonAction<{ current: string; next: string }>;

/** Changes the person's own password and ends their other sessions. */
export function ChangePassword({ email, change }: { email: string; change: ChangePasswordAction }) {
  const form = useRef<HTMLFormElement>(null);
  const { run, isBusy, refusal } = usePersonAction(change);
  const isAlive = useIsAlive();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const sent = new FormData(event.currentTarget);
    run({ current: String(sent.get("current")), next: String(sent.get("next")) }, () => {
      form.current?.reset();
      toast.success("Password changed", { description: "Your other sessions have ended." });
    });
  };
  return (
    <form ref={form} method="post" onSubmit={submit} className="flex max-w-80 flex-col gap-3">
      <RefusalCallout refusal={refusal} shown={["current", "next"]} />
      <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
      <PasswordField label="Current password" name="current" error={fieldMessage(refusal, "current")} />
      <PasswordField label="New password" name="next" isNew error={fieldMessage(refusal, "next")} />
      <div>
        <Button type="submit" variant="primary" size="md" disabled={!isAlive} loading={isBusy}>
          Change password
        </Button>
      </div>
    </form>
  );
}
