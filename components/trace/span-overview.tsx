import { Link } from "#/components/ui/link.tsx";
import { EffectBadge } from "#/components/runs/effect-badge.tsx";
import { Badge } from "#/components/ui/badge.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import { formatCost, formatCount, formatDuration, formatTimestamp, shortId } from "#/components/ui/format.ts";
import type { Tone } from "#/components/ui/tones.ts";
import type { EffectView, SpanDetail, Usage } from "#/lib/contract/run.ts";
import type { SpanStatus } from "#/lib/contract/status.ts";
import { answeredByAnother } from "#/lib/contract/answered-model.ts";
import { Fact, Facts, PartTitle } from "./facts.tsx";
import { FixActions, type StepFix } from "./fix-actions.tsx";
import { JsonTree, LongText } from "./json-view.tsx";
import { kindLabels } from "./trace-columns.ts";

export const spanTone: Record<SpanStatus, Tone> = {
  running: "running",
  waiting: "waiting",
  completed: "completed",
  failed: "failed",
  cancelled: "cancelled",
  skipped: "neutral",
};

/** Why a body is not shown; `otherwise` when it never existed. */
export function absentWords({ bodyKept }: Pick<SpanDetail, "bodyKept">, otherwise: string): string {
  return bodyKept ? otherwise : "No longer available: the run it was reused from was deleted.";
}

/** The span in short: how it went, what it cost, what happened to its call, and its error in full. */
export function SpanOverview({
  detail,
  workspaceSlug,
  fix,
}: {
  detail: SpanDetail;
  workspaceSlug: string;
  fix: StepFix;
}) {
  return (
    <div className="flex flex-col gap-4">
      {detail.error ? (
        <Callout
          kind="danger"
          title={<span className="font-mono text-sm">{detail.error.code}</span>}
          action={<FixActions fix={fix} />}
        >
          <LongText text={detail.error.message} className="text-danger" />
        </Callout>
      ) : null}
      <Facts>
        <Fact name="Status">
          <Badge tone={spanTone[detail.status]}>{detail.status}</Badge>
        </Fact>
        <Fact name="Kind">{kindLabels[detail.kind]}</Fact>
        <Fact name="Node">
          <span className="font-mono text-sm">{detail.nodeId || "–"}</span>
        </Fact>
        {detail.key !== detail.nodeId ? (
          <Fact name="Path">
            <span className="font-mono text-sm">{detail.key}</span>
          </Fact>
        ) : null}
        <Fact name="Duration">{formatDuration(detail.durationMs, detail.finishedAt ? "unknown" : "not ended")}</Fact>
        <Fact name="Started">{formatTimestamp(detail.startedAt, "not started")}</Fact>
        {detail.attempt > 1 ? <Fact name="Attempt">{detail.attempt}</Fact> : null}
        {detail.modelRef ? (
          <Fact name="Model">
            <span className="font-mono text-sm">{detail.modelRef}</span>
          </Fact>
        ) : null}
        {detail.answeredModel ? (
          <Fact name="Answered by">
            <span className="flex flex-wrap items-center gap-1">
              <span className="font-mono text-sm">{detail.answeredModel}</span>
              {answeredByAnother(detail.modelRef, detail.answeredModel) ? (
                <Badge tone="warning">not the requested model</Badge>
              ) : null}
            </span>
          </Fact>
        ) : null}
        {detail.modelRef || detail.costMicros !== null ? (
          <Fact name="Cost">{formatCost(detail.costMicros)}</Fact>
        ) : null}
        {detail.promptHash ? (
          <Fact name="Prompt">
            <span className="flex items-center gap-1">
              <span className="truncate font-mono text-sm">{detail.promptHash}</span>
              <CopyButton value={detail.promptHash} label="Copy prompt hash" />
            </span>
          </Fact>
        ) : null}
        <Fact name="Span id">
          <span className="flex items-center gap-1">
            <span className="truncate font-mono text-sm">{detail.id}</span>
            <CopyButton value={detail.id} label="Copy span id" />
          </span>
        </Fact>
      </Facts>
      {detail.usage ? <Tokens usage={detail.usage} /> : null}
      {detail.effect ? <Effect effect={detail.effect} workspaceSlug={workspaceSlug} /> : null}
      {detail.reusedFrom ? (
        <section className="flex flex-col gap-1.5">
          <PartTitle>Reused</PartTitle>
          <p>
            Not executed: its record was taken from <SpanLink from={detail.reusedFrom} workspaceSlug={workspaceSlug} />.
          </p>
        </section>
      ) : null}
      <section className="flex flex-col gap-1.5">
        <PartTitle>Output</PartTitle>
        {detail.output === null ? (
          <p className="text-ink-subtle">{absentWords(detail, detail.finishedAt ? "No output" : "No output yet")}</p>
        ) : typeof detail.output === "string" ? (
          <LongText text={detail.output} />
        ) : (
          <JsonTree value={detail.output} label="Output" />
        )}
      </section>
    </div>
  );
}

function Tokens({ usage }: { usage: Usage }) {
  const parts: [string, number | null][] = [
    ["Input", usage.inputTokens],
    ["Cached input", usage.cacheReadTokens],
    ["Cache writes", usage.cacheWriteTokens],
    ["Output", usage.outputTokens],
    ["Reasoning", usage.reasoningTokens],
  ];
  return (
    <section className="flex flex-col gap-1.5">
      <PartTitle>Tokens</PartTitle>
      <Facts>
        {parts
          .filter(([name, count]) => count !== null || name === "Input" || name === "Output")
          .map(([name, count]) => (
            <Fact key={name} name={name}>
              <span className="tabular">{formatCount(count)}</span>
            </Fact>
          ))}
      </Facts>
    </section>
  );
}

function Effect({ effect, workspaceSlug }: { effect: EffectView; workspaceSlug: string }) {
  return (
    <section className="flex flex-col gap-1.5">
      <PartTitle>Effect</PartTitle>
      <Facts>
        <Fact name="Verdict">
          {effect.verdict === "live" && !effect.mutating ? (
            "made (read-only)"
          ) : (
            <EffectBadge verdict={effect.verdict} />
          )}
        </Fact>
        <Fact name="Mutating">{effect.mutating ? "yes" : "no"}</Fact>
        <Fact name="Why">{effect.why}</Fact>
        {effect.grant ? (
          <Fact name="Grant">
            <span className="font-mono text-sm break-all">{effect.grant}</span>
          </Fact>
        ) : null}
        {effect.recordedFrom ? (
          <Fact name="Recorded">
            <SpanLink from={effect.recordedFrom} workspaceSlug={workspaceSlug} />
          </Fact>
        ) : null}
      </Facts>
    </section>
  );
}

function SpanLink({ from, workspaceSlug }: { from: { runId: string; spanId: string }; workspaceSlug: string }) {
  return (
    <Link
      href={`/${workspaceSlug}/ai/runs/${from.runId}?span=${from.spanId}`}
      className="rounded-sm font-mono text-sm text-accent underline underline-offset-2 hover:text-accent-hover"
    >
      {shortId(from.runId)}
    </Link>
  );
}
