import { Link } from "#/components/ui/link.tsx";
import { Door } from "#/components/account/door.tsx";
import { buttonClass } from "#/components/ui/button-class.ts";
import { signInPage } from "#/lib/auth/sign-in-address.ts";

export default function PasswordLinkNotFound() {
  return (
    <Door title="This link does not work">
      <p className="text-ink-muted">
        It was already used, was replaced by a newer link, or is older than a day. Ask the person who gave it to you for
        a new one.
      </p>
      <Link href={signInPage} className={buttonClass({ size: "md" })}>
        Go to the sign-in page
      </Link>
    </Door>
  );
}
