import { useMemo } from "react";
import { EffectBadge } from "#/components/runs/effect-badge.tsx";
import { effectFields } from "#/components/runs/run-words.ts";
import { formatCount } from "#/components/ui/format.ts";
import type { DifferingCall, Run } from "#/lib/contract/run.ts";
import { callNames, mutatingCalls, type MutatingCall } from "./mutating-calls.ts";
import type { TraceColumns } from "./trace-columns.ts";

/** What a replay did to the world: its mutating calls by verdict and name, and how they differ from the original's. */
export function EffectsLine({
  run,
  trace,
  onJump,
}: {
  run: Pick<Run, "effects" | "differingCalls">;
  trace: TraceColumns | null;
  onJump: (spanId: string) => void;
}) {
  const { effects } = run;
  const calls = useMemo(() => (trace ? mutatingCalls(trace) : null), [trace]);
  const shown = effectFields.filter(([, field]) => effects[field] > 0);
  const notes = differences(run);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-muted" data-testid="effects-summary">
      <span className="font-medium text-ink">Effects</span>
      {shown.length === 0 ? <span>no mutating calls</span> : null}
      {shown.map(([verdict, field]) => (
        <span key={verdict} className="inline-flex items-center gap-1">
          <span className="tabular">{formatCount(effects[field])}</span>
          <EffectBadge verdict={verdict} />
          <Names calls={calls?.get(verdict) ?? []} onJump={onJump} />
        </span>
      ))}
      {notes.map(({ text, calls: differing }) => (
        <span key={text} className="text-warning">
          {text}
          {differing.length > 0 ? ": " : null}
          <Names calls={differing} onJump={onJump} />
        </span>
      ))}
    </div>
  );
}

/** The calls behind a number; leads to the first of them. */
function Names({ calls, onJump }: { calls: readonly MutatingCall[]; onJump: (spanId: string) => void }) {
  const [first] = calls;
  if (!first) return null;
  const names = callNames(calls.map(({ name }) => name));
  return (
    <button
      type="button"
      title="Go to the call"
      onClick={() => onJump(first.spanId)}
      className="rounded-sm font-mono text-sm underline decoration-line-strong underline-offset-2 hover:text-ink"
    >
      {names}
    </button>
  );
}

function differences({ effects, differingCalls }: Pick<Run, "effects" | "differingCalls">) {
  const of = (kind: DifferingCall["differs"]) => differingCalls.filter(({ differs }) => differs === kind);
  const notes: { text: string; calls: DifferingCall[] }[] = [];
  if (effects.neverMadeByOriginal > 0)
    notes.push({
      text: `attempted ${counted(effects.neverMadeByOriginal)} that the original never made`,
      calls: of("never_made"),
    });
  if (effects.otherArguments > 0)
    notes.push({
      text: `attempted ${counted(effects.otherArguments)} with other arguments`,
      calls: of("other_arguments"),
    });
  return notes;
}

function counted(count: number): string {
  return count === 1 ? "1 mutating call" : `${formatCount(count)} mutating calls`;
}
