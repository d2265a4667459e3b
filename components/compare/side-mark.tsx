import { cn } from "#/components/ui/class-names.ts";

/** The letter that a run goes by on this page. */
export function SideMark({ side, className }: { side: "A" | "B"; className?: string }) {
  return (
    <span
      className={cn(
        "inline-flex size-[18px] shrink-0 items-center justify-center rounded-sm border border-line-strong bg-surface text-xs font-semibold text-ink",
        className,
      )}
    >
      {side}
    </span>
  );
}
