import { Link } from "#/components/ui/link.tsx";
import { notFound } from "next/navigation";
import { Door } from "#/components/account/door.tsx";
import { InvitationAnswer } from "#/components/account/invitation-answer.tsx";
import { JoinWorkspace } from "#/components/account/join-workspace.tsx";
import { NewPersonForm } from "#/components/account/new-person-form.tsx";
import { SignOutButton } from "#/components/shell/sign-out-button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { buttonClass } from "#/components/ui/button-class.ts";
import { database } from "#/db/client.ts";
import { signInPath } from "#/lib/auth/sign-in-address.ts";
import { sessionUser } from "#/lib/auth/session.ts";
import { type OpenInvitation, readInvitation } from "#/lib/tenancy/accept-invitation.ts";
import { acceptAsNewAction, declineAction, joinAction } from "./actions.ts";

type Props = { params: Promise<{ token: string }> };

export default async function InvitationPage({ params }: Props) {
  const { token } = await params;
  const invitation = await readInvitation(database(), token);
  if (!invitation) notFound();
  const { workspaceName, role } = invitation;
  return (
    <Door
      title={`Join ${workspaceName}`}
      about={
        <>
          You are invited to this Reprise workspace as <b className="font-medium text-ink">{role}</b>.
        </>
      }
    >
      <InvitationAnswer by={{ token }} workspaceName={workspaceName} decline={declineAction}>
        <WayIn token={token} invitation={invitation} signedInAs={(await sessionUser())?.email ?? null} />
      </InvitationAnswer>
    </Door>
  );
}

function WayIn({
  token,
  invitation,
  signedInAs,
}: {
  token: string;
  invitation: OpenInvitation;
  signedInAs: string | null;
}) {
  const { email, known, workspaceName } = invitation;
  if (signedInAs === email) return <JoinWorkspace by={{ token }} name={workspaceName} join={joinAction} />;
  const signIn = signInPath(`/invite/${token}`);
  if (!known)
    return (
      <>
        <NewPersonForm token={token} email={email} name={invitation.name} accept={acceptAsNewAction} />
        {signedInAs === null ? (
          <p className="text-ink-muted">
            Already have an account?{" "}
            <Link href={signIn} className="rounded-sm text-accent underline underline-offset-2 hover:text-accent-hover">
              Sign in to join
            </Link>
          </p>
        ) : null}
      </>
    );
  if (signedInAs !== null)
    return (
      <>
        <Callout kind="warning">
          The invitation is for {email}, but you are signed in as {signedInAs}. Sign out, then open this link again.
        </Callout>
        <SignOutButton />
      </>
    );
  return (
    <>
      <p className="text-ink-muted">{email} already has an account. Sign in to join.</p>
      <Link href={signIn} className={buttonClass({ variant: "primary", size: "md" })}>
        Sign in
      </Link>
    </>
  );
}
