import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "#/components/ui/class-names.ts";
import { fieldClass } from "#/components/ui/input.tsx";

/** The browser's own select: many of them, with hundreds of options each, cost nothing until one is opened. */
export function NativeSelect({ className, ...props }: ComponentProps<"select">) {
  return (
    <span className={cn("relative block min-w-0", className)}>
      <select {...props} className={cn(fieldClass, "h-8 appearance-none truncate pr-7")} />
      <ChevronDown aria-hidden className="pointer-events-none absolute top-2 right-2 size-3.5 text-ink-subtle" />
    </span>
  );
}
