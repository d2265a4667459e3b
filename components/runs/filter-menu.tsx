"use client";

import { ChevronDown } from "lucide-react";
import {
  DropdownMenu,
  DropdownMenuCheckboxItem,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "#/components/ui/dropdown-menu.tsx";
import { cn } from "#/components/ui/class-names.ts";

export type FilterOption = { value: string; label: string };

/** The classes of a filter's trigger, for a menu or popover; `isSet`: something is chosen. */
export function filterFaceClass(isSet: boolean): string {
  return cn(
    "inline-flex h-7 max-w-64 shrink-0 items-center gap-1 rounded-md border px-2 text-sm whitespace-nowrap hover:bg-hover data-[state=open]:bg-hover",
    isSet ? "border-accent bg-accent-soft text-ink" : "border-line-strong bg-raised text-ink-muted",
  );
}

/** A filter of which one or several values can be chosen. */
export function FilterMenu({
  name,
  options,
  chosen,
  several,
  onChange,
}: {
  name: string;
  options: FilterOption[];
  chosen: readonly string[];
  several?: boolean;
  onChange: (chosen: string[]) => void;
}) {
  const labelOf = (value: string) => options.find((option) => option.value === value)?.label ?? value;
  const toggled = (value: string, isOn: boolean) =>
    several ? (isOn ? [...chosen, value] : chosen.filter((each) => each !== value)) : isOn ? [value] : [];
  return (
    <DropdownMenu>
      <DropdownMenuTrigger className={filterFaceClass(chosen.length > 0)}>
        {name}
        {chosen.length > 0 ? (
          <span className="min-w-0 truncate font-medium">{chosen.map(labelOf).join(", ")}</span>
        ) : null}
        <ChevronDown aria-hidden className="size-3.5 shrink-0" />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start" className="max-h-80">
        {options.map((option) => (
          <DropdownMenuCheckboxItem
            key={option.value}
            checked={chosen.includes(option.value)}
            onCheckedChange={(isOn) => onChange(toggled(option.value, isOn))}
          >
            {option.label}
          </DropdownMenuCheckboxItem>
        ))}
        {chosen.length > 0 ? (
          <>
            <DropdownMenuSeparator />
            <DropdownMenuItem onSelect={() => onChange([])}>Clear</DropdownMenuItem>
          </>
        ) : null}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
