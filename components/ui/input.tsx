import type { ComponentProps } from "react";
import { cn } from "./class-names.ts";

export const fieldClass =
  "w-full min-w-0 rounded-md border border-field-line bg-raised px-2 text-base text-ink hover:border-ink-muted disabled:border-line disabled:bg-hover disabled:text-ink-subtle aria-invalid:border-danger max-md:text-[16px]";

/** One line of text. `mono` for ids, hashes and code. */
export function Input({ className, mono, ...props }: ComponentProps<"input"> & { mono?: boolean }) {
  return <input {...props} className={cn(fieldClass, "h-8", mono && "font-mono text-sm", className)} />;
}
