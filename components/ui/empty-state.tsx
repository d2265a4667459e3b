import type { ReactNode } from "react";
import { cn } from "./class-names.ts";

/** Nothing here yet: what will be here, and what to do next. */
export function EmptyState({
  icon,
  title,
  level = 2,
  children,
  action,
  className,
}: {
  icon?: ReactNode;
  title: ReactNode;
  /** 1 where this is the whole page. */
  level?: 1 | 2;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <div className={cn("mx-auto flex w-full max-w-xl flex-col items-start gap-2 px-4 py-12", className)}>
      {icon ? <span className="text-ink-subtle [&_svg]:size-5">{icon}</span> : null}
      <Heading className="text-lg font-semibold">{title}</Heading>
      {children ? <div className="w-full text-ink-muted">{children}</div> : null}
      {action ? <div className="mt-2 flex gap-2">{action}</div> : null}
    </div>
  );
}
