"use client";

import { type ReactNode, useId } from "react";
import { cn } from "./class-names.ts";
import { Tooltip } from "./tooltip.tsx";

/** Turns something on or off at once. `disabledReason`: why it cannot be; it stays reachable by keyboard and says so. */
export function Switch({
  checked,
  onChange,
  label,
  busy = false,
  disabledReason,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  /** Its name, for screen readers. */
  label: string;
  busy?: boolean;
  disabledReason?: ReactNode;
}) {
  const reasonId = useId();
  const isBlocked = Boolean(disabledReason) || busy;
  return (
    <>
      <Tooltip content={disabledReason}>
        <button
          type="button"
          role="switch"
          aria-checked={checked}
          aria-label={label}
          aria-busy={busy || undefined}
          aria-disabled={isBlocked || undefined}
          aria-describedby={disabledReason ? reasonId : undefined}
          onClick={() => (isBlocked ? undefined : onChange(!checked))}
          className={cn(
            "inline-flex h-[18px] w-8 shrink-0 items-center rounded-full border p-px align-middle",
            checked ? "border-accent bg-accent" : "border-field-line bg-hover",
            disabledReason && "cursor-not-allowed opacity-60",
          )}
        >
          <span
            aria-hidden
            className={cn(
              "size-3.5 rounded-full transition-transform",
              checked ? "translate-x-3.5 bg-accent-ink" : "bg-ink-subtle",
            )}
          />
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
