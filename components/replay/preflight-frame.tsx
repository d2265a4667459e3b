import { CircleCheck, CircleDashed, CircleX, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Callout } from "#/components/ui/callout.tsx";
import { cn } from "#/components/ui/class-names.ts";
import { Skeleton } from "#/components/ui/skeleton.tsx";
import { Spinner } from "#/components/ui/spinner.tsx";
import type { GuardVerdict, Preflight } from "#/lib/contract/replay.ts";
import { forecastText } from "./preflight-words.ts";
import type { CheckState } from "./use-preflight.ts";

/**
 * What a submit would run into, of one run or of many: `lines` are judged, `children` are the rest of the answer. An
 * answer that is not of this request, or no longer, is shown faintly. `unknown` says what nobody knows without one.
 */
export function PreflightFrame<T>({
  state,
  failureTitle,
  unknown,
  lines,
  children,
}: {
  state: CheckState<T>;
  failureTitle: string;
  unknown?: string;
  lines: (answer: T) => ReactNode;
  children: (answer: T) => ReactNode;
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
        <Callout kind="warning" title={failureTitle}>
          <p className="whitespace-pre-line">{message}</p>
          {answer === null && unknown !== undefined ? <p>{unknown}</p> : null}
        </Callout>
      ) : null}
      {answer !== null ? (
        <div className={cn("flex flex-col gap-3", (isChecking || message !== null) && "opacity-60")}>
          <ul className="flex flex-col gap-1">{lines(answer)}</ul>
          {children(answer)}
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

type State = "ready" | "needs" | "refused";
const states: Record<State, { icon: LucideIcon; tone: string }> = {
  ready: { icon: CircleCheck, tone: "text-success" },
  needs: { icon: CircleDashed, tone: "text-ink" },
  refused: { icon: CircleX, tone: "text-danger" },
};

/** How it stands altogether. */
export function StateLine({ state, className, children }: { state: State; className?: string; children: ReactNode }) {
  const { icon: Icon, tone } = states[state];
  return (
    <li className={cn("flex items-start gap-1.5", tone, className)}>
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      {children}
    </li>
  );
}

/** One thing that blocks or warns, and more about it; `action` may offer what clears it. */
export function VerdictLine({
  code,
  level,
  message,
  action,
  children,
}: Pick<GuardVerdict, "code" | "level"> & { message: ReactNode; action?: ReactNode; children?: ReactNode }) {
  const isBlock = level === "block";
  const Icon = isBlock ? CircleX : TriangleAlert;
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
          {message}
        </p>
        {children}
      </div>
      {action}
    </li>
  );
}

/** Names and numbers below the verdicts. */
export function PreflightNumbers({ children }: { children: ReactNode }) {
  return <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-sm">{children}</dl>;
}

export function NumberRow({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-subtle">{name}</dt>
      <dd className="tabular">{children}</dd>
    </>
  );
}

/** What it may cost. */
export function ForecastRow({ forecast }: Pick<Preflight, "forecast">) {
  const { cost, tokens } = forecastText(forecast);
  return (
    <NumberRow name="Forecast">
      {cost} <span className="text-ink-subtle">({tokens} tokens)</span>
    </NumberRow>
  );
}
