import type { ComponentProps } from "react";
import { cn } from "./class-names.ts";

/** A table that scrolls inside its own box when it does not fit. `label` names it; `boxClassName` sizes the box. */
export function Table({
  label,
  boxClassName,
  className,
  ...props
}: ComponentProps<"table"> & { label: string; boxClassName?: string }) {
  return (
    // A box that scrolls must be reachable by keyboard.
    <section
      aria-label={label}
      tabIndex={0}
      className={cn("relative min-w-0 overflow-auto focus-visible:-outline-offset-2", boxClassName)}
    >
      <table {...props} className={cn("w-full border-collapse text-left", className)} />
    </section>
  );
}

/** Stays in sight while the box scrolls. */
export function TableHead({ className, ...props }: ComponentProps<"thead">) {
  return (
    <thead
      {...props}
      className={cn(
        "sticky top-0 z-10 bg-canvas text-sm text-ink-subtle [&_th]:shadow-[inset_0_-1px_var(--line)]",
        className,
      )}
    />
  );
}

export function TableRow({ className, ...props }: ComponentProps<"tr">) {
  return <tr {...props} className={cn("border-b border-line", className)} />;
}

/** `numeric` aligns right with figures of equal width. */
export function TableHeaderCell({ numeric, className, ...props }: ComponentProps<"th"> & { numeric?: boolean }) {
  return (
    <th
      scope="col"
      {...props}
      className={cn("h-8 px-2 font-medium whitespace-nowrap", numeric && "text-right", className)}
    />
  );
}

/** Heads the column of a row's actions: named for screen readers. */
export function ActionsHeaderCell(props: ComponentProps<"th">) {
  return (
    <TableHeaderCell {...props}>
      <span className="sr-only">Actions</span>
    </TableHeaderCell>
  );
}

export function TableCell({ numeric, className, ...props }: ComponentProps<"td"> & { numeric?: boolean }) {
  return <td {...props} className={cn("h-8 px-2 whitespace-nowrap", numeric && "tabular text-right", className)} />;
}
