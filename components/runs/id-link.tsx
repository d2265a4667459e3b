import { Link } from "#/components/ui/link.tsx";
import { shortId } from "#/components/ui/format.ts";

/** Leads from a run to the batch or the schedule that made it. */
export function IdLink({ href, id }: { href: string; id: string }) {
  return (
    <Link
      href={href}
      title={id}
      prefetch={false}
      className="rounded-sm font-mono text-sm text-accent underline underline-offset-2 hover:text-accent-hover"
    >
      {shortId(id, 10)}
    </Link>
  );
}
