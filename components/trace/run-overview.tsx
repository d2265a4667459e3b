import { RunTrigger } from "#/components/runs/run-trigger.tsx";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import { formatCount, formatTimestamp } from "#/components/ui/format.ts";
import type { Run } from "#/lib/contract/run.ts";
import { Fact, Facts, PartTitle } from "./facts.tsx";
import { JsonView } from "./json-view.tsx";
import { modeWords } from "./lineage.tsx";

/** The run itself, shown while no span is selected. */
export function RunOverview({ workspaceSlug, run }: { workspaceSlug: string; run: Run }) {
  return (
    <div className="flex flex-col gap-4">
      <Facts>
        <Fact name="Mode">{modeWords[run.mode ?? "original"]}</Fact>
        {run.replayOf === null ? null : <Fact name="Version">{run.version ?? "unknown"}</Fact>}
        {run.fromNodeId === null ? null : (
          <>
            <Fact name="From step">
              <span className="font-mono text-sm">{run.fromNodeId}</span>
            </Fact>
            <Fact name="Attempt">{run.attempt}</Fact>
          </>
        )}
        <Fact name="Triggered">
          <RunTrigger workspaceSlug={workspaceSlug} run={run} />
        </Fact>
        <Fact name="Environment">{run.environment}</Fact>
        {run.tags.length > 0 ? <Fact name="Tags">{run.tags.join(", ")}</Fact> : null}
        <Fact name="Created">{formatTimestamp(run.createdAt)}</Fact>
        <Fact name="Started">{formatTimestamp(run.startedAt, "not started")}</Fact>
        <Fact name="Finished">{formatTimestamp(run.finishedAt, "not finished")}</Fact>
        <Fact name="Steps">{formatCount(run.steps)}</Fact>
        {run.models.length > 0 ? (
          <Fact name="Models">
            {run.models.map((ref) => (
              <span key={ref} className="block font-mono text-sm">
                {ref}
              </span>
            ))}
          </Fact>
        ) : null}
        {run.prompts.length > 0 ? (
          <Fact name="Prompts">
            {run.prompts.map((prompt) => (
              <span key={`${prompt.artifactId} ${prompt.contentHash}`} className="flex items-center gap-1">
                <span className="truncate font-mono text-sm">
                  {prompt.artifactId} {prompt.contentHash}
                </span>
                <CopyButton value={prompt.artifactId} label="Copy artifact" />
                <CopyButton value={prompt.contentHash} label="Copy hash" />
              </span>
            ))}
          </Fact>
        ) : null}
      </Facts>
      <section className="flex flex-col gap-1.5">
        <PartTitle>Trigger payload</PartTitle>
        {run.payload === null ? (
          <p className="text-ink-subtle">No payload</p>
        ) : (
          <JsonView value={run.payload} label="Trigger payload" />
        )}
      </section>
      <section className="flex flex-col gap-1.5">
        <PartTitle>Output</PartTitle>
        {run.output === null ? (
          <p className="text-ink-subtle">{run.finishedAt ? "No output" : "No output yet"}</p>
        ) : (
          <JsonView value={run.output} label="Run output" />
        )}
      </section>
    </div>
  );
}
