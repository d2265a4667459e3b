import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./class-names.ts";

/** What happened and what can be done; `reference` is a request id or digest to quote. */
export function ErrorState({
  title,
  children,
  action,
  reference,
  className,
}: {
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  reference?: string;
  className?: string;
}) {
  return (
    <div role="alert" className={cn("mx-auto flex w-full max-w-xl flex-col items-start gap-2 px-4 py-12", className)}>
      <CircleAlert aria-hidden className="size-5 text-danger" />
      <h2 className="text-lg font-semibold">{title}</h2>
      {children ? <div className="text-ink-muted">{children}</div> : null}
      {reference ? <p className="font-mono text-sm text-ink-subtle">Reference {reference}</p> : null}
      {action ? <div className="mt-2 flex gap-2">{action}</div> : null}
    </div>
  );
}
