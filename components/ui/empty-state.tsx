import type { ReactNode } from "react";
import { cn } from "./class-names.ts";

/** Nothing here yet: what would be here, and what to do next. */
export function EmptyState({
  icon,
  title,
  children,
  action,
  className,
}: {
  icon?: ReactNode;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  return (
    <div className={cn("mx-auto flex w-full max-w-xl flex-col items-start gap-2 px-4 py-12", className)}>
      {icon ? <span className="text-ink-subtle [&_svg]:size-5">{icon}</span> : null}
      <h2 className="text-lg font-semibold">{title}</h2>
      {children ? <div className="w-full text-ink-muted">{children}</div> : null}
      {action ? <div className="mt-2 flex gap-2">{action}</div> : null}
    </div>
  );
}
