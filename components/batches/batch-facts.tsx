import type { ReactNode } from "react";
import { Effects } from "#/components/runs/run-effects.tsx";
import { modeLabel } from "#/components/runs/run-words.ts";
import { ActorName } from "#/components/shell/actor-name.tsx";
import { formatCost, formatCount, shortId } from "#/components/ui/format.ts";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import type { Batch } from "#/lib/contract/batch.ts";
import { etaWords } from "./batch-words.ts";

/** What a batch does, by whom, and how far it is. */
export function BatchFacts({ batch, names }: { batch: Batch; names: Record<string, string> }) {
  const { request, effects, pace, counts } = batch;
  const words = requestWords(batch);
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-1 text-sm text-ink-muted">
      <Fact name="Mode">
        {modeLabel[request.mode ?? "as_is"]}
        {words.length > 0 ? <span className="text-ink-muted">, {words.join(", ")}</span> : null}
      </Fact>
      <Fact name="Cost">
        {formatCost(batch.costMicros)}
        {batch.maxCostMicros === null ? null : ` of ${formatCost(batch.maxCostMicros)}`}
      </Fact>
      {batch.status === "running" && (counts.queued ?? 0) > 0 ? (
        <Fact name="Last replay">
          starts {etaWords(batch.etaSeconds ?? 0)}{" "}
          <span className="text-ink-subtle">
            ({formatCount(pace.used)} of {formatCount(pace.limit)} this minute)
          </span>
        </Fact>
      ) : null}
      <Fact name="If refused">{batch.onRefusal === "stop" ? "skip the rest" : "continue"}</Fact>
      <Fact name="Created">
        <RelativeTime iso={batch.createdAt} /> by <ActorName id={batch.author} names={names} />
      </Fact>
      {batch.finishedAt === null ? null : (
        <Fact name="Ended">
          <RelativeTime iso={batch.finishedAt} />
        </Fact>
      )}
      <Effects effects={effects} none={null} />
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <span>
      <span className="text-ink-subtle">{name}</span> <span className="tabular text-ink">{children}</span>
    </span>
  );
}

/** What the request changes besides the mode, in a few words each. Pure. */
function requestWords({ request }: Batch): string[] {
  const { prompt, model, targetVersion, fromNodeId, environment, nodeIds, maxCostMicros } = request;
  const words = {
    prompt: prompt && shortId(prompt.contentHash, 15, 4),
    model: model?.ref,
    version: targetVersion === "latest" ? "latest version" : targetVersion && `version ${targetVersion}`,
    from: fromNodeId && `from ${fromNodeId}`,
    nodes: nodeIds && `only ${nodeIds.join(", ")}`,
    environment,
    limit: maxCostMicros === undefined ? undefined : `at most ${formatCost(maxCostMicros)} each`,
  };
  return Object.values(words).flatMap((word) => (word ? [String(word)] : []));
}
