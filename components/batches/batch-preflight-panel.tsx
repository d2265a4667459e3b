import type { ReactNode } from "react";
import {
  ForecastRow,
  NumberRow,
  PreflightFrame,
  PreflightNumbers,
  StateLine,
  VerdictLine,
} from "#/components/replay/preflight-frame.tsx";
import type { CheckState } from "#/components/replay/use-preflight.ts";
import { tracePath } from "#/components/runs/run-links.ts";
import { formatCount, shortId } from "#/components/ui/format.ts";
import type { BatchPreflight } from "#/lib/contract/batch.ts";
import { etaWords, runsWords } from "./batch-words.ts";

type Verdict = BatchPreflight["verdicts"][number];
const mostLinks = 3;

/**
 * How many of the runs can be replayed, why the others cannot, and what the batch would do. `resolve` may offer what
 * clears a verdict; `needs` is what the dialog itself still needs.
 */
export function BatchPreflightPanel({
  workspaceSlug,
  state,
  needs,
  resolve,
}: {
  workspaceSlug: string;
  state: CheckState<BatchPreflight>;
  needs: string | null;
  resolve: (verdict: Verdict) => ReactNode;
}) {
  return (
    <PreflightFrame
      state={state}
      failureTitle="These replays could not be checked"
      lines={({ replayable, total, verdicts }) => (
        <>
          <StateLine state={needs !== null ? "needs" : replayable === 0 ? "refused" : "ready"} className="font-medium">
            {needs ?? `${formatCount(replayable)} of ${formatCount(total)} can be replayed`}
          </StateLine>
          {verdicts.map((verdict) => (
            <VerdictLine
              key={`${verdict.level} ${verdict.code}`}
              code={verdict.code}
              level={verdict.level}
              message={
                <>
                  <span className="font-medium">{runsWords(verdict.count)}</span>: {verdict.message}
                </>
              }
              action={resolve(verdict)}
            >
              <RunLinks workspaceSlug={workspaceSlug} {...verdict} />
            </VerdictLine>
          ))}
        </>
      )}
    >
      {(answer) => <Numbers {...answer} />}
    </PreflightFrame>
  );
}

/** The first of the runs that a verdict is about. */
function RunLinks({ workspaceSlug, runIds, count }: Verdict & { workspaceSlug: string }) {
  const shown = runIds.slice(0, mostLinks);
  return (
    <p className="flex flex-wrap gap-x-2 text-sm text-ink-muted">
      {shown.map((id) => (
        <a
          key={id}
          href={tracePath(workspaceSlug, id)}
          // The dialog stays open behind it.
          target="_blank"
          rel="noopener"
          title={id}
          className="rounded-sm font-mono underline underline-offset-2 hover:text-ink"
        >
          {shortId(id)}
        </a>
      ))}
      {count > shown.length ? <span>and {formatCount(count - shown.length)} more</span> : null}
    </p>
  );
}

function Numbers({ replayable, forecast, calls, etaSeconds }: BatchPreflight) {
  if (replayable === 0) return null;
  return (
    <PreflightNumbers>
      <NumberRow name="Mutating calls">
        {calls.live + calls.dryRun === 0 ? "none expected" : `${formatCount(calls.dryRun)} will dry-run`}
        {calls.live === 0 ? null : (
          <span className="font-medium text-danger">, {formatCount(calls.live)} will be made for real</span>
        )}
      </NumberRow>
      <ForecastRow forecast={forecast} />
      <NumberRow name="Last replay">starts {etaWords(etaSeconds)}</NumberRow>
    </PreflightNumbers>
  );
}
