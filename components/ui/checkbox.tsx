"use client";

import { Check, Minus } from "lucide-react";
import { Checkbox as Radix } from "radix-ui";
import { type MouseEvent, type ReactNode, useId } from "react";
import { cn } from "./class-names.ts";

/**
 * A checkbox; `checked` may be "indeterminate". Without a visible `label` give `aria-label`. An `onClick` that prevents the
 * default takes the place of `onCheckedChange`.
 */
export function Checkbox({
  checked,
  onCheckedChange,
  label,
  disabled,
  className,
  ...aria
}: {
  checked: boolean | "indeterminate";
  onCheckedChange?: (checked: boolean) => void;
  label?: ReactNode;
  disabled?: boolean;
  className?: string;
  "aria-label"?: string;
  onClick?: (event: MouseEvent) => void;
}) {
  const id = useId();
  const box = (
    <Radix.Root
      id={id}
      {...aria}
      checked={checked}
      disabled={disabled}
      onCheckedChange={(next) => onCheckedChange?.(next === true)}
      className="inline-flex size-4 align-middle shrink-0 items-center justify-center rounded-sm border border-field-line bg-raised text-accent-ink disabled:bg-hover data-[state=checked]:border-accent data-[state=checked]:bg-accent data-[state=indeterminate]:border-accent data-[state=indeterminate]:bg-accent"
    >
      <Radix.Indicator>
        {checked === "indeterminate" ? <Minus className="size-3" /> : <Check className="size-3" />}
      </Radix.Indicator>
    </Radix.Root>
  );
  if (!label) return box;
  return (
    <span className={cn("inline-flex items-center gap-2", className)}>
      {box}
      <label htmlFor={id} className={disabled ? "text-ink-subtle" : "text-ink"}>
        {label}
      </label>
    </span>
  );
}
