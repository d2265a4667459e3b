"use client";

import { type ReactNode, useId } from "react";
import { cn } from "./class-names.ts";

export type RadioOption = {
  value: string;
  label: ReactNode;
  description?: ReactNode;
  disabled?: boolean;
  content?: ReactNode;
};

/**
 * One of a few, all visible. `content` of the chosen option opens below it. The inputs are the browser's own: Radix
 * moves the focus a moment after the arrow key and chooses only while the key is still down, so a quick press would
 * choose nothing.
 */
export function RadioGroup({
  value,
  onValueChange,
  options,
  label,
  className,
}: {
  value: string;
  onValueChange: (value: string) => void;
  options: readonly RadioOption[];
  /** Accessible name of the group. */
  label: string;
  className?: string;
}) {
  const group = useId();
  return (
    <div role="radiogroup" aria-label={label} className={cn("flex flex-col", className)}>
      {options.map((option) => (
        <RadioRow
          key={option.value}
          group={group}
          option={option}
          isChosen={option.value === value}
          onChoose={() => onValueChange(option.value)}
        />
      ))}
    </div>
  );
}

function RadioRow({
  group,
  option,
  isChosen,
  onChoose,
}: {
  /** The name that a group's inputs share, unique to the group. */
  group: string;
  option: RadioOption;
  isChosen: boolean;
  onChoose: () => void;
}) {
  const id = useId();
  return (
    <div className={cn("rounded-md", isChosen && option.content && "pb-2")}>
      <div className="flex items-start gap-2 py-1">
        <input
          type="radio"
          id={id}
          name={group}
          value={option.value}
          checked={isChosen}
          onChange={onChoose}
          // The form is sent by its button or its own key: an Enter meant for the choice must not start a replay.
          onKeyDown={(event) => {
            if (event.key === "Enter") event.preventDefault();
          }}
          disabled={option.disabled}
          aria-describedby={option.description ? `${id}-about` : undefined}
          className="mt-0.5 size-4 shrink-0 appearance-none rounded-full border border-field-line bg-raised checked:border-5 checked:border-accent checked:bg-accent-ink disabled:bg-hover"
        />
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
