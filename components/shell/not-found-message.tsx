import { Compass } from "lucide-react";
import { Link } from "#/components/ui/link.tsx";
import { buttonClass } from "#/components/ui/button-class.ts";
import { EmptyState } from "#/components/ui/empty-state.tsx";

/** One text for an id that does not exist and for one that belongs to others: the two must look the same. */
export function NotFoundMessage() {
  return (
    <EmptyState
      icon={<Compass aria-hidden />}
      level={1}
      title="Page not found"
      action={
        <Link href="/" className={buttonClass()}>
          Go to my workspace
        </Link>
      }
    >
      The address is wrong, the page was deleted, or it belongs to a workspace that you are not a member of.
    </EmptyState>
  );
}
