import { Link } from "#/components/ui/link.tsx";
import { Door } from "#/components/account/door.tsx";
import { buttonClass } from "#/components/ui/button-class.ts";

export default function InvitationNotFound() {
  return (
    <Door title="This invitation does not work">
      <p className="text-ink-muted">
        It was already used, was declined, revoked or replaced by a newer link, or is older than 7 days. Ask the person
        who invited you for a new link.
      </p>
      <Link href="/" className={buttonClass({ size: "md" })}>
        Go to Reprise
      </Link>
    </Door>
  );
}
