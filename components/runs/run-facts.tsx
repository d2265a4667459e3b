import { Badge } from "#/components/ui/badge.tsx";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import { formatCost, formatCount, formatDuration } from "#/components/ui/format.ts";
import type { Run } from "#/lib/contract/run.ts";
import { Fact, FactList } from "./fact-list.tsx";
import { LiveDuration } from "./live-duration.tsx";
import { IdLink } from "./id-link.tsx";
import { batchPath } from "./run-links.ts";
import { RunLineage } from "./run-lineage.tsx";
import { RunTrigger } from "./run-trigger.tsx";
import { Effects } from "./run-effects.tsx";
import { modeLabel } from "./run-words.ts";

/** What is known about a run, without its payloads. */
export function RunFacts({ workspaceSlug, run }: { workspaceSlug: string; run: Run }) {
  return (
    <FactList>
      <Fact name="Run id">
        <span className="font-mono text-sm break-all">{run.id}</span>
        <CopyButton value={run.id} label="Copy run id" className="align-middle" />
      </Fact>
      <Fact name="Workflow">
        {run.workflow.slug} · {run.version === null ? "waiting for its version" : `v${run.version}`}
      </Fact>
      <Fact name="Environment">{run.environment}</Fact>
      <Fact name="Trigger">
        <RunTrigger workspaceSlug={workspaceSlug} run={run} />
      </Fact>
      <Lineage workspaceSlug={workspaceSlug} run={run} />
      <Fact name="Queued for">{queuedWords(run)}</Fact>
      <Fact name="Duration">
        <LiveDuration run={run} />
      </Fact>
      <Fact name="Steps">{formatCount(run.steps)}</Fact>
      <Fact name="Tokens">
        {formatCount(run.usage.inputTokens)} in, {formatCount(run.usage.outputTokens)} out
      </Fact>
      <Fact name="Cost">{formatCost(run.costMicros)}</Fact>
      <Fact name="Models">{run.models.length > 0 ? run.models.join(", ") : "none called"}</Fact>
      <Fact name="Tool calls">
        <Effects effects={run.effects} none="none" />
      </Fact>
      <Fact name="Tags">{run.tags.length > 0 ? <Words words={run.tags} /> : "none"}</Fact>
      <Fact name="Attempt">{run.attempt}</Fact>
    </FactList>
  );
}

/** How long it waited for a slot, and then for its first step. */
function queuedWords({ createdAt, dequeuedAt, startedAt, finishedAt }: Run): string {
  if (dequeuedAt === null) return finishedAt === null ? "still waiting" : "never started";
  const waited = formatDuration(Math.max(0, Date.parse(dequeuedAt) - Date.parse(createdAt)));
  if (startedAt === null) return waited;
  return `${waited}, then ${formatDuration(Math.max(0, Date.parse(startedAt) - Date.parse(dequeuedAt)))} to its start`;
}

function Lineage({ workspaceSlug, run }: { workspaceSlug: string; run: Run }) {
  if (run.replayOf === null) return <Fact name="Lineage">Original run</Fact>;
  return (
    <>
      <Fact name="Lineage">
        <RunLineage run={{ ...run, replayOf: run.replayOf }} workspaceSlug={workspaceSlug} />
      </Fact>
      <Fact name="Mode">{modeLabel[run.mode ?? "original"]}</Fact>
      {run.batch === null ? null : (
        <Fact name="Batch">
          <IdLink href={batchPath(workspaceSlug, run.batch)} id={run.batch} />
        </Fact>
      )}
    </>
  );
}

function Words({ words }: { words: string[] }) {
  return (
    <span className="flex flex-wrap gap-1.5">
      {words.map((word) => (
        <Badge key={word}>{word}</Badge>
      ))}
    </span>
  );
}
