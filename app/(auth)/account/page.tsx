import { ArrowLeft } from "lucide-react";
import type { Metadata } from "next";
import { Link } from "#/components/ui/link.tsx";
import { redirect } from "next/navigation";
import { ChangePassword } from "#/components/account/change-password.tsx";
import { PendingInvitations } from "#/components/account/pending-invitations.tsx";
import { Sessions } from "#/components/account/sessions.tsx";
import { SignOutButton } from "#/components/shell/sign-out-button.tsx";
import { ThemeToggle } from "#/components/shell/theme-toggle.tsx";
import { database } from "#/db/client.ts";
import { signInPath } from "#/lib/auth/sign-in-address.ts";
import { signedIn } from "#/lib/auth/session.ts";
import { pendingInvitations } from "#/lib/tenancy/accept-invitation.ts";
import { hasPassword } from "#/lib/tenancy/change-password.ts";
import { listSessions } from "#/lib/tenancy/sessions.ts";
import {
  acceptPendingAction,
  changePasswordAction,
  declinePendingAction,
  endSessionAction,
  signOutEverywhereAction,
} from "./actions.ts";

export const metadata: Metadata = { title: "Your account" };

export default async function AccountPage() {
  const me = await signedIn();
  if (!me) redirect(signInPath("/account"));
  const [sessions, isByPassword, pending] = await Promise.all([
    listSessions(database(), me.session),
    hasPassword(database(), me.user.id),
    pendingInvitations(database(), me.user.id),
  ]);
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-2xl flex-col gap-6 px-4 py-6">
      <header className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 grow basis-64">
          <Link href="/" className="inline-flex items-center gap-1 py-1 text-sm text-ink-muted hover:text-ink">
            <ArrowLeft aria-hidden className="size-3.5" />
            Back to the workspace
          </Link>
          <h1 className="text-xl font-semibold">Your account</h1>
          <p className="break-words text-ink-muted">
            {me.user.name} · {me.user.email}
          </p>
        </div>
        <div className="flex items-center gap-1.5">
          <ThemeToggle />
          <SignOutButton />
        </div>
      </header>
      {pending.length > 0 ? (
        <section aria-labelledby="invitations" className="flex flex-col gap-3">
          <div>
            <h2 id="invitations" className="text-lg font-semibold">
              Invitations
            </h2>
            <p className="text-ink-muted">Workspaces see nothing about you until you join.</p>
          </div>
          <PendingInvitations invitations={pending} accept={acceptPendingAction} decline={declinePendingAction} />
        </section>
      ) : null}
      <section aria-labelledby="password" className="flex flex-col gap-3">
        <h2 id="password" className="text-lg font-semibold">
          Password
        </h2>
        {isByPassword ? (
          <ChangePassword email={me.user.email} change={changePasswordAction} />
        ) : (
          <p className="text-ink-muted">
            You sign in through your identity provider, so there is no password to change.
          </p>
        )}
      </section>
      <section aria-labelledby="sessions" className="flex flex-col gap-3">
        <div>
          <h2 id="sessions" className="text-lg font-semibold">
            Sessions
          </h2>
          <p className="text-ink-muted">
            Where you are signed in. An ended session is refused on its next request, and its live pages stop within 5
            s.
          </p>
        </div>
        <Sessions sessions={sessions} end={endSessionAction} endAll={signOutEverywhereAction} />
      </section>
    </main>
  );
}
