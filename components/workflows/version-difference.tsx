import { TextDiff } from "#/components/ui/text-diff-view.tsx";
import type { WorkflowVersionDetail, WorkflowVersionSummary } from "#/lib/contract/workflow.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { diffVersions, renameCandidates } from "#/lib/workflows/version-diff.ts";
import { ChangedNodes } from "./changed-nodes.tsx";
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

/** Pairs of a removed and an added node that are compared for being the same one renamed. */
const mostPairs = 4000;

function NodeChanges({ from, to }: { from: WorkflowVersionDetail; to: WorkflowVersionDetail }) {
  const [before, after] = [from.definition, to.definition] as unknown as [WorkflowDefinition, WorkflowDefinition];
  const { added, removed, changed } = diffVersions(before, after);
  const compared = removed.slice(0, Math.floor(mostPairs / Math.max(1, added.length)));
  const renamed = new Map(compared.map((id) => [id, likeliest(renameCandidates(id, before, after))]));
  return <ChangedNodes difference={{ added, removed, changed }} renamed={renamed} />;
}

function likeliest([first]: { id: string; score: number }[]): string | null {
  return first ? `may have been renamed to ${first.id} (${Math.round(first.score * 100)}% similar)` : null;
}
