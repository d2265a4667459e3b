import { DoorOpen } from "lucide-react";
import { redirect } from "next/navigation";
import { Door } from "#/components/account/door.tsx";
import { PendingInvitations } from "#/components/account/pending-invitations.tsx";
import { SignOutButton } from "#/components/shell/sign-out-button.tsx";
import { EmptyState } from "#/components/ui/empty-state.tsx";
import { database } from "#/db/client.ts";
import { sessionWorkspaces } from "#/lib/auth/session-workspaces.ts";
import { signInPage } from "#/lib/auth/sign-in-address.ts";
import { pendingInvitations } from "#/lib/tenancy/accept-invitation.ts";
import { acceptPendingAction, declinePendingAction } from "./(auth)/account/actions.ts";

/** The way in: to the sign-in page, or to the first workspace of whoever is signed in. */
export default async function HomePage() {
  const session = await sessionWorkspaces();
  if (!session) redirect(signInPage);
  const [first] = session.workspaces;
  if (first) redirect(`/${first.slug}/monitoring/workflow-runs`);
  const pending = await pendingInvitations(database(), session.userId);
  if (pending.length > 0)
    return (
      <Door title="You are invited" about={`You are signed in as ${session.email}.`}>
        <PendingInvitations invitations={pending} accept={acceptPendingAction} decline={declinePendingAction} />
        <SignOutButton />
      </Door>
    );
  return (
    <main className="flex min-h-dvh flex-col justify-center">
      <EmptyState icon={<DoorOpen aria-hidden />} title="You are not in any workspace" action={<SignOutButton />}>
        You are signed in as {session.email}. Ask a workspace admin to invite this address.
      </EmptyState>
    </main>
  );
}
