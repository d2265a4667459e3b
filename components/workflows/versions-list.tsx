import { Link } from "#/components/ui/link.tsx";
import { ActorName } from "#/components/shell/actor-name.tsx";
import type { ServerAction } from "#/components/shell/use-server-action.ts";
import { Badge } from "#/components/ui/badge.tsx";
import { cn } from "#/components/ui/class-names.ts";
import { HashText } from "#/components/ui/hash-text.tsx";
import { mostRows, NotListed } from "#/components/ui/not-listed.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import type { WorkflowVersionSummary } from "#/lib/contract/workflow.ts";
import { DeleteVersion } from "./delete-version.tsx";
import { type WorkflowQuery, workflowSearch } from "./workflow-query.ts";

/** The versions that exist, newest first; the one on screen is marked. */
export function VersionsList({
  path,
  query,
  slug,
  versions,
  shown,
  names,
  deleteDenied,
  deleteVersion,
}: {
  path: string;
  query: WorkflowQuery;
  slug: string;
  versions: WorkflowVersionSummary[];
  shown: number;
  names: Record<string, string>;
  deleteDenied: string | null;
  deleteVersion: ServerAction<{ slug: string; version: number }>;
}) {
  return (
    <section
      aria-labelledby="versions"
      className="flex max-h-64 shrink-0 flex-col border-b border-line lg:max-h-none lg:w-60 lg:border-r lg:border-b-0"
    >
      <h2 id="versions" className="flex h-8 shrink-0 items-center px-3 text-sm font-medium text-ink-subtle md:px-4">
        Versions
      </h2>
      <ul className="min-h-0 overflow-y-auto">
        {versions.slice(0, mostRows).map((each, index) => (
          <li
            key={each.id}
            className={cn(
              "relative border-t border-line px-3 py-2 md:px-4",
              each.version === shown ? "bg-selected" : "hover:bg-hover",
            )}
          >
            <div className="flex items-center gap-2">
              <Link
                href={`${path}${workflowSearch({ ...query, version: each.version, from: null })}`}
                scroll={false}
                aria-current={each.version === shown ? "true" : undefined}
                className="rounded-sm font-medium before:absolute before:inset-0 before:content-['']"
              >
                Version {each.version}
              </Link>
              {index === 0 ? <Badge tone="accent">latest</Badge> : null}
              <span className="relative ml-auto">
                <DeleteVersion slug={slug} version={each.version} denied={deleteDenied} deleteVersion={deleteVersion} />
              </span>
            </div>
            <HashText
              hash={each.contentHash}
              label={`Copy the hash of version ${each.version}`}
              className="relative text-ink-muted"
            />
            <p className="text-sm text-ink-muted">
              <RelativeTime iso={each.createdAt} /> by <ActorName id={each.createdBy} names={names} />
            </p>
          </li>
        ))}
      </ul>
      <NotListed count={versions.length - mostRows} />
    </section>
  );
}
