import type { ComponentProps } from "react";
import { cn } from "./class-names.ts";
import { type Tone, toneClass } from "./tones.ts";

/** A word or two with a meaning colour. */
export function Badge({ tone = "neutral", className, ...props }: ComponentProps<"span"> & { tone?: Tone }) {
  return (
    <span
      {...props}
      className={cn(
        "inline-flex h-[18px] shrink-0 items-center gap-1 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap",
        toneClass[tone],
        className,
      )}
    />
  );
}
