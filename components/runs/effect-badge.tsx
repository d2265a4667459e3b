import { Badge } from "#/components/ui/badge.tsx";
import type { EffectVerdict } from "#/lib/contract/status.ts";
import { effectLabel, effectTone } from "./run-words.ts";

/** What happened to a tool call, in the words of the trace. */
export function EffectBadge({ verdict, className }: { verdict: EffectVerdict; className?: string }) {
  return (
    <Badge tone={effectTone[verdict]} data-effect={verdict} className={className}>
      {effectLabel[verdict]}
    </Badge>
  );
}
