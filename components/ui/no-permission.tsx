import { Lock } from "lucide-react";
import { EmptyState } from "./empty-state.tsx";
import { PageHeader } from "./page-header.tsx";

/** A page that this person may not read: what is missing, and whom to ask. */
export function NoPermission({ title, because }: { title: string; because: string }) {
  return (
    <div className="flex min-h-0 grow flex-col">
      <PageHeader title={title} />
      <EmptyState icon={<Lock aria-hidden />} title="Your role has no access to this page">
        {because} Ask an admin or owner of this workspace to change your role.
      </EmptyState>
    </div>
  );
}
