import { cn } from "#/components/ui/class-names.ts";

/** A run id that shortens in its middle when there is no room: its start is time, its end tells runs apart. */
export function RunId({ id, className }: { id: string; className?: string }) {
  return (
    <span title={id} className={cn("inline-flex max-w-32 min-w-0 font-mono text-sm", className)}>
      <span className="truncate">{id.slice(0, -6)}</span>
      <span>{id.slice(-6)}</span>
    </span>
  );
}
