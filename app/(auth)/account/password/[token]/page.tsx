import { notFound } from "next/navigation";
import { Door } from "#/components/account/door.tsx";
import { SetPassword } from "#/components/account/set-password.tsx";
import { database } from "#/db/client.ts";
import { readPasswordLink } from "#/lib/tenancy/set-password-by-link.ts";
import { setPasswordAction } from "./actions.ts";

type Props = { params: Promise<{ token: string }> };

export default async function PasswordLinkPage({ params }: Props) {
  const { token } = await params;
  const person = await readPasswordLink(database(), token);
  if (!person) notFound();
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
