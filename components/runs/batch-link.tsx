import { Link } from "#/components/ui/link.tsx";
import { shortId } from "#/components/ui/format.ts";
import { batchPath } from "./run-links.ts";

/** Leads from a replay to the batch that it is part of. */
export function BatchLink({ workspaceSlug, batch }: { workspaceSlug: string; batch: string }) {
  return (
    <Link
      href={batchPath(workspaceSlug, batch)}
      title={batch}
      className="rounded-sm font-mono text-sm text-accent underline underline-offset-2 hover:text-accent-hover"
    >
      {shortId(batch, 10)}
    </Link>
  );
}
