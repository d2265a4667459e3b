"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { Field } from "#/components/ui/field.tsx";
import { IconButton } from "#/components/ui/icon-button.tsx";
import { Input } from "#/components/ui/input.tsx";

/** A password, hidden until its button is pressed. `isNew`: it is being chosen, so browsers offer to generate one. */
export function PasswordField({
  label,
  name,
  isNew = false,
  error,
}: {
  label: string;
  name: string;
  isNew?: boolean;
  error?: string | undefined;
}) {
  const [isShown, setShown] = useState(false);
  return (
    <Field
      label={label}
      hint={isNew ? "At least 12 characters. A few words are easiest to remember." : undefined}
      error={error}
    >
      {(control) => (
        <div className="flex items-center gap-1">
          <Input
            {...control}
            name={name}
            type={isShown ? "text" : "password"}
            autoComplete={isNew ? "new-password" : "current-password"}
            required
            minLength={isNew ? 12 : undefined}
            maxLength={1000}
            spellCheck={false}
            autoCapitalize="none"
          />
          <IconButton
            label={isShown ? `Hide: ${label}` : `Show: ${label}`}
            icon={isShown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
            onClick={() => setShown(!isShown)}
          />
        </div>
      )}
    </Field>
  );
}
