import { EffectBadge } from "#/components/runs/effect-badge.tsx";
import { formatCount } from "#/components/ui/format.ts";
import type { EffectsSummary } from "#/lib/contract/run.ts";
import type { EffectVerdict } from "#/lib/contract/status.ts";

const parts: [EffectVerdict, keyof EffectsSummary][] = [
  ["live", "live"],
  ["dry_run_recorded", "dryRunRecorded"],
  ["dry_run_simulated", "dryRunSimulated"],
  ["blocked", "blocked"],
  ["reused", "reused"],
];

/** What a replay did to the world: its mutating calls by verdict, and how they differ from the original's. */
export function EffectsLine({ effects }: { effects: EffectsSummary }) {
  const shown = parts.filter(([, field]) => effects[field] > 0);
  const notes = [
    effects.neverMadeByOriginal > 0
      ? `wanted ${calls(effects.neverMadeByOriginal)} that the original never made`
      : null,
    effects.otherArguments > 0 ? `wanted ${calls(effects.otherArguments)} with other arguments` : null,
  ].filter((note) => note !== null);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-muted" data-testid="effects-summary">
      <span className="font-medium text-ink">Effects</span>
      {shown.length === 0 ? <span>no mutating call</span> : null}
      {shown.map(([verdict, field]) => (
        <span key={verdict} className="inline-flex items-center gap-1">
          <span className="tabular">{formatCount(effects[field])}</span>
          <EffectBadge verdict={verdict} />
        </span>
      ))}
      {notes.map((note) => (
        <span key={note} className="text-warning">
          {note}
        </span>
      ))}
    </div>
  );
}

function calls(count: number): string {
  return count === 1 ? "1 mutating call" : `${formatCount(count)} mutating calls`;
}
