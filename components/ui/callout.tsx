import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./class-names.ts";

const kinds = {
  neutral: { icon: Info, look: "border-line-strong bg-surface text-ink-muted" },
  info: { icon: Info, look: "border-accent/40 bg-accent-soft text-ink" },
  warning: { icon: TriangleAlert, look: "border-warning/40 bg-warning-soft text-warning" },
  danger: { icon: CircleAlert, look: "border-danger/50 bg-danger-soft text-danger" },
};

/** A line or two that must be noticed; `danger` is announced at once, the others are read in place. */
export function Callout({
  kind = "neutral",
  title,
  action,
  className,
  children,
}: {
  kind?: keyof typeof kinds;
  title?: ReactNode;
  action?: ReactNode;
  className?: string;
  children?: ReactNode;
}) {
  const { icon: Icon, look } = kinds[kind];
  return (
    <div
      role={kind === "danger" ? "alert" : undefined}
      data-kind={kind}
      className={cn("flex items-start gap-2 rounded-md border px-3 py-2", look, className)}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="flex min-w-0 grow flex-wrap items-start gap-x-2 gap-y-1.5">
        <div className="min-w-56 grow basis-0 break-words">
          {title ? <p className="font-medium">{title}</p> : null}
          {children}
        </div>
        {action}
      </div>
    </div>
  );
}
