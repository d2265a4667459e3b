import type { ReactNode } from "react";
import { cn } from "#/components/ui/class-names.ts";

/** Names and values in two columns; stacked where it is narrow. */
export function FactList({ children, className }: { children: ReactNode; className?: string }) {
  return <dl className={cn("grid grid-cols-1 sm:grid-cols-[9rem_minmax(0,1fr)]", className)}>{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="pt-1.5 text-ink-subtle sm:border-b sm:border-line sm:pb-1.5">{name}</dt>
      <dd className="min-w-0 border-b border-line pb-1.5 break-words sm:pt-1.5">{children}</dd>
    </div>
  );
}
