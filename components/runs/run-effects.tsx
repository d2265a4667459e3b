import type { ReactNode } from "react";
import { Badge } from "#/components/ui/badge.tsx";
import type { EffectsSummary } from "#/lib/contract/run.ts";
import { effectFields, effectLabel, effectTone } from "./run-words.ts";

/** Tool calls counted by verdict; `none` where there were none. */
export function Effects({ effects, none }: { effects: EffectsSummary; none: ReactNode }) {
  const present = effectFields
    .map(([verdict, field]) => [verdict, effects[field]] as const)
    .filter(([, count]) => count > 0);
  if (present.length === 0) return <>{none}</>;
  return (
    <span className="flex flex-wrap gap-1.5">
      {present.map(([verdict, count]) => (
        <Badge key={verdict} tone={effectTone[verdict]}>
          {count} {effectLabel[verdict]}
        </Badge>
      ))}
    </span>
  );
}
