import type { ComponentProps } from "react";
import { cn } from "./class-names.ts";

/** A box that scrolls with the browser's own bar, reachable by keyboard. `label` names it. */
export function ScrollArea({ label, className, ...props }: ComponentProps<"section"> & { label: string }) {
  return (
    <section
      aria-label={label}
      tabIndex={0}
      {...props}
      className={cn(
        "relative min-h-0 overflow-auto overscroll-contain [scrollbar-width:thin] focus-visible:-outline-offset-2",
        className,
      )}
    />
  );
}
