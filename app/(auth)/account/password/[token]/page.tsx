import type { Metadata } from "next";
import Link from "next/link";
import { Door } from "#/components/account/door.tsx";
import { SetPassword } from "#/components/account/set-password.tsx";
import { buttonClass } from "#/components/ui/button-class.ts";
import { database } from "#/db/client.ts";
import { readPasswordLink } from "#/lib/tenancy/set-password-by-link.ts";
import { setPasswordAction } from "./actions.ts";
import { signInPage } from "#/lib/auth/sign-in-address.ts";

/** The address holds a secret: no page that is opened from here may learn it. */
export const metadata: Metadata = { title: "Set a password", referrer: "no-referrer" };

type Props = { params: Promise<{ token: string }> };

export default async function PasswordLinkPage({ params }: Props) {
  const { token } = await params;
  const person = await readPasswordLink(database(), token);
  if (!person)
    return (
      <Door title="This link does not work">
        <p className="text-ink-muted">
          It was used or replaced by a newer one, or it is older than a day. Ask who gave it to you for a new one.
        </p>
        <Link href={signInPage} className={buttonClass({ size: "md" })}>
          Go to the sign-in page
        </Link>
      </Door>
    );
  return (
    <Door
      title="Set a password"
      about={
        <>
          For {person.name} ({person.email}). All sessions of this account end.
        </>
      }
    >
      <SetPassword token={token} email={person.email} set={setPasswordAction} />
    </Door>
  );
}
