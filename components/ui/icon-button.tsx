"use client";

import type { ComponentProps, ReactNode } from "react";
import { cn } from "./class-names.ts";
import { Tooltip } from "./tooltip.tsx";

type IconButtonProps = Omit<ComponentProps<"button">, "children" | "aria-label"> & {
  /** Accessible name, and the tooltip's text. */
  label: string;
  icon: ReactNode;
  keys?: string;
  side?: "top" | "right" | "bottom" | "left";
};

/** A square button with only an icon; its name shows on hover and on focus. */
export function IconButton({ label, icon, keys, side, className, ...props }: IconButtonProps) {
  return (
    <Tooltip content={label} keys={keys} side={side}>
      <button
        type="button"
        aria-label={label}
        {...props}
        className={cn(
          "inline-flex size-7 shrink-0 items-center justify-center rounded-md text-ink-muted hover:bg-hover hover:text-ink disabled:text-ink-disabled aria-pressed:bg-selected aria-pressed:text-ink data-[state=open]:bg-hover [&_svg]:size-4",
          className,
        )}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
