"use client";

import { type ComponentProps, type MouseEvent, type ReactNode, useId } from "react";
import { cn } from "./class-names.ts";
import { Kbd } from "./kbd.tsx";
import { Spinner } from "./spinner.tsx";
import { Tooltip } from "./tooltip.tsx";

export type ButtonVariant = "primary" | "secondary" | "ghost" | "danger";
export type ButtonSize = "sm" | "md";

const variants: Record<ButtonVariant, string> = {
  primary: "bg-accent text-accent-ink hover:bg-accent-hover",
  secondary: "border border-line-strong bg-raised text-ink hover:bg-hover",
  ghost: "text-ink-muted hover:bg-hover hover:text-ink",
  danger: "bg-danger text-danger-ink hover:bg-danger-hover",
};
const sizes: Record<ButtonSize, string> = { sm: "h-7 px-2 text-sm", md: "h-8 px-3 text-base" };
const disabledLook =
  "disabled:border disabled:border-line disabled:bg-hover disabled:text-ink-disabled aria-disabled:cursor-not-allowed aria-disabled:border aria-disabled:border-line aria-disabled:bg-hover aria-disabled:text-ink-subtle aria-disabled:hover:bg-hover";

/** The look of a button, for links that act like one. */
export function buttonClass({
  variant = "secondary",
  size = "sm",
}: { variant?: ButtonVariant; size?: ButtonSize } = {}) {
  return cn(
    "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap select-none [&_svg]:size-3.5 [&_svg]:shrink-0",
    variants[variant],
    sizes[size],
    disabledLook,
  );
}

export type ButtonProps = ComponentProps<"button"> & {
  variant?: ButtonVariant;
  size?: ButtonSize;
  /** Shows a spinner and ignores clicks. */
  loading?: boolean;
  /** Why the button cannot be used now: it stays reachable by keyboard, says the reason, and does nothing. */
  disabledReason?: ReactNode;
  /** The shortcut that does the same, shown inside. */
  keys?: string;
};

export function Button({
  variant,
  size,
  loading,
  disabledReason,
  keys,
  className,
  children,
  onClick,
  ...props
}: ButtonProps) {
  const reasonId = useId();
  const isBlocked = Boolean(disabledReason) || loading;
  const ignore = (event: MouseEvent) => event.preventDefault();
  const button = (
    <button
      type="button"
      {...props}
      {...(isBlocked ? { "aria-disabled": true } : {})}
      aria-busy={loading || undefined}
      aria-describedby={disabledReason ? reasonId : props["aria-describedby"]}
      onClick={isBlocked ? ignore : onClick}
      className={cn(buttonClass({ variant, size }), className)}
    >
      {loading ? <Spinner className="text-current" /> : null}
      {children}
      {keys ? <Kbd keys={keys} className={variant === "primary" || variant === "danger" ? "opacity-90" : ""} /> : null}
    </button>
  );
  if (!disabledReason) return button;
  return (
    <>
      <Tooltip content={disabledReason}>{button}</Tooltip>
      <span id={reasonId} hidden>
        {disabledReason}
      </span>
    </>
  );
}
