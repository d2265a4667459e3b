import type { ReactNode } from "react";
import { cn } from "./class-names.ts";

/** Title of a page, what it is for in a line, and its actions at the right. */
export function PageHeader({
  title,
  actions,
  className,
  children,
}: {
  title: ReactNode;
  actions?: ReactNode;
  className?: string;
  children?: ReactNode;
}) {
  return (
    <div
      className={cn(
        "flex shrink-0 flex-wrap items-start gap-x-4 gap-y-2 border-b border-line px-3 py-2.5 md:px-4",
        className,
      )}
    >
      <div className="min-w-0 grow basis-64">
        <h1 className="text-lg font-semibold wrap-anywhere">{title}</h1>
        {children ? <div className="max-w-3xl text-ink-muted">{children}</div> : null}
      </div>
      {actions ? <div className="flex flex-wrap items-center gap-1.5">{actions}</div> : null}
    </div>
  );
}
