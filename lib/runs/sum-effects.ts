import { noEffects, type EffectsSummary } from "#/lib/contract/run.ts";

/** The calls of several runs, by verdict. Pure. */
export function sumEffects(all: readonly EffectsSummary[]): EffectsSummary {
  const sum = { ...noEffects };
  for (const effects of all)
    for (const name of Object.keys(sum) as (keyof EffectsSummary)[]) sum[name] += effects[name] ?? 0;
  return sum;
}
