import { Badge } from "#/components/ui/badge.tsx";
import { formatCount } from "#/components/ui/format.ts";
import type { VersionDiff } from "#/lib/workflows/version-diff.ts";

/** Changed nodes that are listed. */
const mostChanges = 200;

/** Nodes that differ between two versions; `renamed` says what may have become of a removed one. */
export function ChangedNodes({
  difference: { added, removed, changed },
  renamed,
}: {
  difference: VersionDiff;
  renamed?: ReadonlyMap<string, string | null>;
}) {
  const count = added.length + removed.length + changed.length;
  if (count === 0)
    return <p className="text-ink-muted">All nodes are the same. The difference is outside the nodes.</p>;
  const lines = [
    ...removed.map((id) => ({ tone: "danger", word: "removed", id, said: renamed?.get(id) ?? null }) as const),
    ...added.map((id) => ({ tone: "success", word: "added", id, said: null }) as const),
    ...changed.map(({ id, fields }) => ({ tone: "warning", word: "changed", id, said: fields.join(", ") }) as const),
  ];
  return (
    <div className="flex flex-col gap-1">
      <ul aria-label="Changed nodes" className="flex flex-col gap-1">
        {lines.slice(0, mostChanges).map(({ tone, word, id, said }) => (
          <Change key={`${word} ${id}`} tone={tone} word={word} id={id}>
            {said}
          </Change>
        ))}
      </ul>
      {count > mostChanges ? (
        <p className="text-sm text-ink-muted">{formatCount(count - mostChanges)} more nodes differ.</p>
      ) : null}
    </div>
  );
}

function Change({
  tone,
  word,
  id,
  children,
}: {
  tone: "danger" | "success" | "warning";
  word: string;
  id: string;
  children?: React.ReactNode;
}) {
  return (
    <li className="flex items-baseline gap-2">
      <Badge tone={tone} className="w-16 shrink-0 justify-center">
        {word}
      </Badge>
      <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
        <span className="font-mono text-sm">{id}</span>
        {children ? <span className="text-sm text-ink-muted">{children}</span> : null}
      </span>
    </li>
  );
}
