"use client";

import { RadioGroup as Radix } from "radix-ui";
import { type ReactNode, useId } from "react";
import { cn } from "./class-names.ts";

export type RadioOption = {
  value: string;
  label: ReactNode;
  description?: ReactNode;
  disabled?: boolean;
  content?: ReactNode;
};

/** One of a few, all visible. `content` of the chosen option opens below it. */
export function RadioGroup({
  value,
  onValueChange,
  options,
  label,
  name,
  className,
}: {
  value: string;
  onValueChange: (value: string) => void;
  options: readonly RadioOption[];
  /** Accessible name of the group. */
  label: string;
  name?: string;
  className?: string;
}) {
  return (
    <Radix.Root
      value={value}
      onValueChange={onValueChange}
      aria-label={label}
      name={name}
      className={cn("flex flex-col", className)}
    >
      {options.map((option) => (
        <RadioRow key={option.value} option={option} isChosen={option.value === value} />
      ))}
    </Radix.Root>
  );
}

function RadioRow({ option, isChosen }: { option: RadioOption; isChosen: boolean }) {
  const id = useId();
  return (
    <div className={cn("rounded-md", isChosen && option.content && "pb-2")}>
      <div className="flex items-start gap-2 py-1">
        <Radix.Item
          id={id}
          value={option.value}
          disabled={option.disabled}
          aria-describedby={option.description ? `${id}-about` : undefined}
          className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border border-field-line bg-raised disabled:bg-hover data-[state=checked]:border-accent data-[state=checked]:bg-accent"
        >
          <Radix.Indicator className="size-1.5 rounded-full bg-accent-ink" />
        </Radix.Item>
        <div className="min-w-0">
          <label htmlFor={id} className={cn("font-medium", option.disabled ? "text-ink-subtle" : "text-ink")}>
            {option.label}
          </label>
          {option.description ? (
            <p id={`${id}-about`} className="text-sm text-ink-subtle">
              {option.description}
            </p>
          ) : null}
        </div>
      </div>
      {isChosen && option.content ? <div className="mt-1 ml-6">{option.content}</div> : null}
    </div>
  );
}
