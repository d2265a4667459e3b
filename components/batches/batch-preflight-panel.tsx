import { CircleCheck, CircleDashed, CircleX, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { CheckState } from "#/components/replay/use-preflight.ts";
import { forecastText } from "#/components/replay/preflight-words.ts";
import { tracePath } from "#/components/runs/run-links.ts";
import { Callout } from "#/components/ui/callout.tsx";
import { cn } from "#/components/ui/class-names.ts";
import { formatCount, shortId } from "#/components/ui/format.ts";
import { Skeleton } from "#/components/ui/skeleton.tsx";
import { Spinner } from "#/components/ui/spinner.tsx";
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
  const { answer, message, isChecking } = state;
  return (
    <section
      aria-label="Before you submit"
      aria-busy={isChecking}
      className="flex flex-col gap-2 border-t border-line pt-3"
    >
      <h3 className="flex items-center gap-1.5 text-sm font-medium text-ink-muted">
        Before you submit
        {isChecking ? <Spinner /> : null}
      </h3>
      {message !== null && !isChecking ? (
        <Callout kind="warning" title="These replays could not be checked">
          <p className="whitespace-pre-line">{message}</p>
        </Callout>
      ) : null}
      {answer ? (
        <div className={cn("flex flex-col gap-3", (isChecking || message !== null) && "opacity-60")}>
          <ul className="flex flex-col gap-1.5">
            <Replayable {...answer} needs={needs} />
            {answer.verdicts.map((verdict) => (
              <VerdictLine key={`${verdict.level} ${verdict.code}`} {...{ workspaceSlug, verdict }}>
                {resolve(verdict)}
              </VerdictLine>
            ))}
          </ul>
          <Numbers {...answer} />
        </div>
      ) : message === null ? (
        <div className="flex flex-col gap-2 py-1">
          <Skeleton className="w-3/5" />
          <Skeleton className="w-2/5" />
        </div>
      ) : null}
    </section>
  );
}

function Replayable({ total, replayable, needs }: BatchPreflight & { needs: string | null }) {
  const [Icon, tone] =
    needs !== null
      ? ([CircleDashed, "text-ink"] as const)
      : replayable === 0
        ? ([CircleX, "text-danger"] as const)
        : ([CircleCheck, "text-success"] as const);
  return (
    <li className={cn("flex items-start gap-1.5 font-medium", tone)}>
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      {needs ?? `${formatCount(replayable)} of ${formatCount(total)} can be replayed`}
    </li>
  );
}

function VerdictLine({
  workspaceSlug,
  verdict,
  children,
}: {
  workspaceSlug: string;
  verdict: Verdict;
  children: ReactNode;
}) {
  const { code, level, message, count, runIds } = verdict;
  const isBlock = level === "block";
  const Icon = isBlock ? CircleX : TriangleAlert;
  const shown = runIds.slice(0, mostLinks);
  return (
    <li
      data-code={code}
      data-level={level}
      className={cn("flex items-start gap-1.5", isBlock ? "text-danger" : "text-warning")}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 grow break-words">
        <p>
          <span className="sr-only">{isBlock ? "Blocked: " : "Warning: "}</span>
          <span className="font-medium">{runsWords(count)}</span>: {message}
        </p>
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
      </div>
      {children}
    </li>
  );
}

function Numbers({ replayable, forecast: range, calls, etaSeconds }: BatchPreflight) {
  if (replayable === 0) return null;
  const forecast = forecastText(range);
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-sm">
      <Row name="Mutating calls">
        {calls.live + calls.dryRun === 0 ? "none expected" : `${formatCount(calls.dryRun)} will dry-run`}
        {calls.live === 0 ? null : (
          <span className="font-medium text-danger">, {formatCount(calls.live)} will be made for real</span>
        )}
      </Row>
      <Row name="Forecast">
        {forecast.cost} <span className="text-ink-subtle">({forecast.tokens} tokens)</span>
      </Row>
      <Row name="Last replay">starts {etaWords(etaSeconds)}</Row>
    </dl>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-subtle">{name}</dt>
      <dd className="tabular">{children}</dd>
    </>
  );
}
