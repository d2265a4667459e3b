import type { ReactNode } from "react";

/** Names and values, one pair per line. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="grid grid-cols-[minmax(88px,auto)_minmax(0,1fr)] gap-x-3 gap-y-1">{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-subtle">{name}</dt>
      <dd className="min-w-0 break-words text-ink">{children}</dd>
    </>
  );
}

/** A heading of a part of the inspector. */
export function PartTitle({ children }: { children: ReactNode }) {
  return <h3 className="text-sm font-medium text-ink-muted">{children}</h3>;
}
