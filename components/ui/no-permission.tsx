import { Lock } from "lucide-react";
import { EmptyState } from "./empty-state.tsx";

/** A page that this person may not read: what is on it, what is missing, and whom to ask. */
export function NoPermission({ what, because }: { what: string; because: string }) {
  return (
    <EmptyState icon={<Lock aria-hidden />} title={`You cannot see ${what}`}>
      {because} Ask an admin or owner of this workspace to change your role.
    </EmptyState>
  );
}
