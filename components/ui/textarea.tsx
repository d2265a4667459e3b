import type { ComponentProps } from "react";
import { cn } from "./class-names.ts";
import { fieldClass } from "./input.tsx";

/** Several lines of text. `mono` for JSON and prompts. */
export function Textarea({ className, mono, ...props }: ComponentProps<"textarea"> & { mono?: boolean }) {
  return <textarea {...props} className={cn(fieldClass, "min-h-20 py-1.5", mono && "font-mono text-sm", className)} />;
}
