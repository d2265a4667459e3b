"use client";

import { RadioGroup } from "#/components/ui/radio-group.tsx";
import { type Role, roles } from "#/lib/contract/access.ts";
import { roleAbout } from "./role-words.ts";

/** A choice of role, each with what it may do; roles that may not be given are shown and cannot be chosen. */
export function RoleChoice({
  value,
  givable,
  onChange,
}: {
  value: Role;
  givable: Role[];
  onChange: (role: Role) => void;
}) {
  return (
    <RadioGroup
      label="Role"
      value={value}
      onValueChange={(role) => onChange(role as Role)}
      options={roles.map((role) => ({
        value: role,
        label: role,
        description: roleAbout[role],
        disabled: !givable.includes(role),
      }))}
    />
  );
}
