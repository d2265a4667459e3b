import { Badge } from "#/components/ui/badge.tsx";
import { formatCount } from "#/components/ui/format.ts";
import { TextDiff } from "#/components/ui/text-diff-view.tsx";
import type { WorkflowVersionDetail, WorkflowVersionSummary } from "#/lib/contract/workflow.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { diffVersions, renameCandidates } from "#/lib/workflows/version-diff.ts";
import { FromVersion } from "./from-version.tsx";
import type { VersionTexts } from "./workflow-detail.tsx";
import type { WorkflowQuery } from "./workflow-query.ts";

/** What changed from one version to the one on screen: by node, then line by line. */
export function VersionDifference({
  path,
  query,
  versions,
  version,
  from,
  texts,
}: {
  path: string;
  query: WorkflowQuery;
  versions: WorkflowVersionSummary[];
  version: WorkflowVersionDetail;
  from: WorkflowVersionDetail | null;
  texts: VersionTexts;
}) {
  if (!from) return <p className="p-3 text-ink-muted md:p-4">There is no other version to compare with.</p>;
  return (
    <div className="flex shrink-0 flex-col gap-4 p-3 md:p-4">
      <FromVersion
        path={path}
        query={query}
        shown={version.version}
        from={from.version}
        others={versions.map((each) => each.version).filter((number) => number !== version.version)}
      />
      <NodeChanges from={from} to={version} />
      <TextDiff
        label={`Definition, version ${from.version} to version ${version.version}`}
        before={texts.from ?? ""}
        after={texts.version ?? ""}
      />
    </div>
  );
}

/** Changed nodes that are listed. */
const mostChanges = 200;
/** Pairs of a removed and an added node that are compared for being the same one renamed. */
const mostPairs = 4000;

function NodeChanges({ from, to }: { from: WorkflowVersionDetail; to: WorkflowVersionDetail }) {
  const [before, after] = [from.definition, to.definition] as unknown as [WorkflowDefinition, WorkflowDefinition];
  const { added, removed, changed } = diffVersions(before, after);
  const count = added.length + removed.length + changed.length;
  if (count === 0)
    return <p className="text-ink-muted">All nodes are the same. The difference is outside the nodes.</p>;
  const compared = removed.slice(0, Math.floor(mostPairs / Math.max(1, added.length)));
  const renamed = new Map(compared.map((id) => [id, likeliest(renameCandidates(id, before, after))]));
  const lines = [
    ...removed.map((id) => ({ tone: "danger", word: "removed", id, said: renamed.get(id) ?? null }) as const),
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

function likeliest([first]: { id: string; score: number }[]): string | null {
  return first ? `may have been renamed to ${first.id} (${Math.round(first.score * 100)}% similar)` : null;
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
