import { cn } from "./class-names.ts";
import { type Tone, toneFill } from "./tones.ts";

/** A dot beside a word that says the same; it pulses while something is going on. */
export function StatusDot({ tone, active, className }: { tone: Tone; active?: boolean; className?: string }) {
  return (
    <span
      aria-hidden
      className={cn(
        "inline-block size-2 shrink-0 rounded-full",
        toneFill[tone],
        active && "animate-pulse-soft",
        className,
      )}
    />
  );
}
