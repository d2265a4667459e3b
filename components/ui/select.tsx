"use client";

import { Check, ChevronDown } from "lucide-react";
import { Select as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { pageNonce } from "./page-nonce.ts";
import { cn } from "./class-names.ts";
import { fieldClass } from "./input.tsx";

export type SelectOption = {
  value: string;
  label: ReactNode;
  /** Text for type-ahead when `label` is not a string. */
  text?: string;
  disabled?: boolean;
  /** A second, quiet line: for example why the option cannot be chosen. */
  hint?: ReactNode;
};

/** A choice of one of a few. An empty `value` shows the placeholder. Name it by `aria-label` or by a label for `id`. */
export function Select({
  value,
  onValueChange,
  options,
  placeholder,
  disabled,
  id,
  className,
  ...aria
}: {
  value: string;
  onValueChange: (value: string) => void;
  options: readonly SelectOption[];
  placeholder?: string;
  disabled?: boolean;
  id?: string;
  className?: string;
  "aria-label"?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}) {
  return (
    <Radix.Root value={value} onValueChange={onValueChange} disabled={disabled}>
      <Radix.Trigger
        id={id}
        {...aria}
        className={cn(
          fieldClass,
          "inline-flex h-8 items-center justify-between gap-1.5 text-left data-[placeholder]:text-ink-subtle [&>span]:truncate",
          className,
        )}
      >
        <Radix.Value placeholder={placeholder} />
        <Radix.Icon asChild>
          <ChevronDown aria-hidden className="size-3.5 shrink-0 text-ink-subtle" />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="z-60 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) animate-appear overflow-hidden rounded-md border border-line-strong bg-raised shadow-float"
        >
          <Radix.Viewport nonce={pageNonce()} className="p-1">
            {options.map((option) => (
              <SelectItem key={option.value} option={option} />
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function SelectItem({ option }: { option: SelectOption }) {
  return (
    <Radix.Item
      value={option.value}
      disabled={option.disabled}
      textValue={option.text ?? (typeof option.label === "string" ? option.label : option.value)}
      className="flex max-w-96 items-start gap-2 rounded-sm py-1 pr-2 pl-1.5 text-base text-ink outline-none data-[disabled]:text-ink-subtle data-[highlighted]:bg-hover"
    >
      <span className="mt-0.5 size-4 shrink-0">
        <Radix.ItemIndicator>
          <Check aria-hidden className="size-3.5" />
        </Radix.ItemIndicator>
      </span>
      <span className="min-w-0">
        <Radix.ItemText>{option.label}</Radix.ItemText>
        {option.hint ? <span className="block text-sm text-ink-subtle">{option.hint}</span> : null}
      </span>
    </Radix.Item>
  );
}
