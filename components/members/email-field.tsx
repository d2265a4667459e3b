"use client";

import { TextField } from "#/components/ui/text-field.tsx";

/** The address of the person whose membership the form is about. */
export function EmailField(props: { value: string; onText: (email: string) => void; error: string | undefined }) {
  return <TextField label="Email" type="email" maxLength={320} {...props} />;
}

/** Why a form with this address cannot be submitted yet; null = it can. */
export const noEmail = (email: string) => (email.trim() === "" ? "Enter an email address." : null);
