"use client";

import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { Button } from "#/components/ui/button.tsx";
import { Field } from "#/components/ui/field.tsx";
import { formatTimestamp } from "#/components/ui/format.ts";
import { Input } from "#/components/ui/input.tsx";
import { Popover, PopoverContent, PopoverTrigger } from "#/components/ui/popover.tsx";
import { filterFaceClass } from "./filter-menu.tsx";
import { type RunListQuery, type TimeRange, timeRanges } from "./run-list-query.ts";

type TimeChoice = Pick<RunListQuery, "range" | "from" | "to">;

/** A range counted back from now, or two instants in UTC. */
export function TimeFilter({ value, onChange }: { value: TimeChoice; onChange: (value: TimeChoice) => void }) {
  const [isOpen, setOpen] = useState(false);
  const choose = (next: TimeChoice) => {
    setOpen(false);
    onChange(next);
  };
  return (
    <Popover open={isOpen} onOpenChange={setOpen}>
      <PopoverTrigger className={filterFaceClass(faceOf(value) !== null)}>
        Time
        {faceOf(value) ? <span className="min-w-0 truncate font-medium">{faceOf(value)}</span> : null}
        <ChevronDown aria-hidden className="size-3.5 shrink-0" />
      </PopoverTrigger>
      <PopoverContent aria-label="Filter by time" className="w-64 p-2">
        <ul>
          {Object.entries(timeRanges).map(([range, { label }]) => (
            <li key={range}>
              <button
                type="button"
                aria-pressed={value.range === range}
                onClick={() => choose({ range: range as TimeRange, from: null, to: null })}
                className="w-full rounded-sm px-2 py-1 text-left hover:bg-hover aria-pressed:bg-selected"
              >
                {label}
              </button>
            </li>
          ))}
        </ul>
        <form
          key={`${value.from}${value.to}`}
          className="mt-2 flex flex-col gap-2 border-t border-line p-2"
          onSubmit={(event) => {
            event.preventDefault();
            const form = new FormData(event.currentTarget);
            choose({ range: null, from: instantOf(form.get("from")), to: instantOf(form.get("to")) });
          }}
        >
          <Field label="From (UTC)">
            {(control) => <Input {...control} name="from" type="datetime-local" defaultValue={localOf(value.from)} />}
          </Field>
          <Field label="To (UTC)">
            {(control) => <Input {...control} name="to" type="datetime-local" defaultValue={localOf(value.to)} />}
          </Field>
          <div className="flex justify-end gap-2">
            <Button variant="ghost" onClick={() => choose({ range: null, from: null, to: null })}>
              Any time
            </Button>
            <Button type="submit">Apply</Button>
          </div>
        </form>
      </PopoverContent>
    </Popover>
  );
}

function faceOf({ range, from, to }: TimeChoice): string | null {
  if (range) return timeRanges[range].label;
  if (from && to) return `${formatTimestamp(from).slice(0, 16)} to ${formatTimestamp(to).slice(0, 16)}`;
  if (from) return `since ${formatTimestamp(from).slice(0, 16)}`;
  return to ? `until ${formatTimestamp(to).slice(0, 16)}` : null;
}

function localOf(iso: string | null): string | undefined {
  return iso?.slice(0, 16);
}

function instantOf(value: FormDataEntryValue | null): string | null {
  const time = typeof value === "string" && value !== "" ? new Date(`${value}Z`) : null;
  return time && !Number.isNaN(time.getTime()) ? time.toISOString() : null;
}
