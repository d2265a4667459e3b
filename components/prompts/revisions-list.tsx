import { Link } from "#/components/ui/link.tsx";
import { ActorName } from "#/components/shell/actor-name.tsx";
import { Badge } from "#/components/ui/badge.tsx";
import { cn } from "#/components/ui/class-names.ts";
import { HashText } from "#/components/ui/hash-text.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import type { PromptDetailProps } from "./prompt-detail.tsx";
import { promptSearch } from "./prompt-query.ts";

/** The revisions, newest first; the one on screen is marked. */
export function RevisionsList({
  path,
  prompt,
  query,
  revisions,
  older,
  shown,
  names,
}: PromptDetailProps & { path: string }) {
  return (
    <section
      aria-labelledby="revisions"
      className="flex max-h-64 shrink-0 flex-col border-b border-line lg:max-h-none lg:w-60 lg:border-r lg:border-b-0"
    >
      <h2 id="revisions" className="flex h-8 shrink-0 items-center px-3 text-sm font-medium text-ink-subtle md:px-4">
        {prompt.revisions === 1 ? "1 revision" : `${prompt.revisions} revisions`}
      </h2>
      <ul className="min-h-0 overflow-y-auto">
        {revisions.map((each) => {
          const isShown = each.contentHash === shown.contentHash;
          return (
            <li
              key={each.contentHash}
              className={cn(
                "relative border-t border-line px-3 py-2 md:px-4",
                isShown ? "bg-selected" : "hover:bg-hover",
              )}
            >
              <div className="flex items-center gap-2">
                <Link
                  href={`${path}${promptSearch({ ...query, revision: each.contentHash, against: null })}`}
                  scroll={false}
                  aria-current={isShown ? "true" : undefined}
                  className="rounded-sm font-medium before:absolute before:inset-0 before:content-['']"
                >
                  Revision {each.revision}
                </Link>
                {each.contentHash === prompt.latestHash ? <Badge tone="accent">latest</Badge> : null}
              </div>
              <HashText
                hash={each.contentHash}
                label={`Copy the hash of revision ${each.revision}`}
                className="relative text-ink-muted"
              />
              <p className="text-sm text-ink-muted">
                <RelativeTime iso={each.createdAt} /> by <ActorName id={each.createdBy} names={names} />
              </p>
            </li>
          );
        })}
      </ul>
      <Neighbours path={path} query={query} older={older} />
    </section>
  );
}

function Neighbours({ path, query, older }: Pick<PromptDetailProps, "query" | "older"> & { path: string }) {
  if (older === null && query.before === null) return null;
  const link = "rounded-sm text-accent hover:underline";
  return (
    <nav
      aria-label="Pages of revisions"
      className="flex justify-between border-t border-line px-3 py-2 text-sm md:px-4"
    >
      {query.before === null ? (
        <span />
      ) : (
        <Link href={`${path}${promptSearch({ ...query, before: null })}`} className={link}>
          Newest
        </Link>
      )}
      {older === null ? null : (
        <Link href={`${path}${promptSearch({ ...query, before: older })}`} className={link}>
          Older
        </Link>
      )}
    </nav>
  );
}
