import { DoorOpen } from "lucide-react";
import { redirect } from "next/navigation";
import { SignOutButton } from "#/components/shell/sign-out-button.tsx";
import { EmptyState } from "#/components/ui/empty-state.tsx";
import { sessionWorkspaces } from "#/lib/auth/session-workspaces.ts";
import { signInPage } from "#/lib/auth/sign-in-address.ts";

/** The way in: to the sign-in page, or to the first workspace of who is signed in. */
export default async function HomePage() {
  const session = await sessionWorkspaces();
  if (!session) redirect(signInPage);
  const [first] = session.workspaces;
  if (first) redirect(`/${first.slug}/monitoring/workflow-runs`);
  return (
    <main className="flex min-h-dvh flex-col justify-center">
      <EmptyState icon={<DoorOpen aria-hidden />} title="You are not in any workspace" action={<SignOutButton />}>
        You are signed in as {session.email}. Ask an admin of a workspace to invite this address.
      </EmptyState>
    </main>
  );
}
