"use client";

import { type ComponentProps, type MouseEvent, type ReactNode, useId } from "react";
import { buttonClass, type ButtonSize, type ButtonVariant } from "./button-class.ts";
import { cn } from "./class-names.ts";
import { Kbd } from "./kbd.tsx";
import { Spinner } from "./spinner.tsx";
import { Tooltip } from "./tooltip.tsx";

export { buttonClass };

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
  // The same elements with and without a reason: a button that becomes disabled under the keyboard keeps the focus.
  return (
    <>
      <Tooltip content={disabledReason}>
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
          {keys ? (
            <Kbd keys={keys} className={variant === "primary" || variant === "danger" ? "opacity-90" : ""} />
          ) : null}
        </button>
      </Tooltip>
      {disabledReason ? (
        <span id={reasonId} hidden>
          {disabledReason}
        </span>
      ) : null}
    </>
  );
}
