import { LoaderCircle } from "lucide-react";
import { cn } from "./class-names.ts";

/** A turning circle; `label` is read out, leave it off where text beside it already says what is going on. */
export function Spinner({ className, label }: { className?: string; label?: string }) {
  return (
    <span role={label ? "status" : undefined} className={cn("inline-flex text-ink-subtle", className)}>
      <LoaderCircle aria-hidden className="size-3.5 animate-spin" />
      {label ? <span className="sr-only">{label}</span> : null}
    </span>
  );
}
