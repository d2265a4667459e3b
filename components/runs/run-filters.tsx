"use client";

import { Search, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { Button } from "#/components/ui/button.tsx";
import { shortId } from "#/components/ui/format.ts";
import { Input } from "#/components/ui/input.tsx";
import { useShortcuts } from "#/components/ui/use-shortcuts.ts";
import { runStatuses, type RunStatus } from "#/lib/contract/status.ts";
import { FilterMenu } from "./filter-menu.tsx";
import { MoreFilters } from "./more-filters.tsx";
import { hasFilter, type RunListQuery, type RunModeFilter, runModes } from "./run-list-query.ts";
import { modeLabel, statusLabel } from "./run-words.ts";
import { TimeFilter } from "./time-filter.tsx";

const typingPauseMs = 300;

/** The filter bar; every change goes to the address through `onChange`. */
export function RunFilters({
  query,
  workflows,
  environments,
  onChange,
  onClear,
}: {
  query: RunListQuery;
  workflows: { slug: string; name: string }[];
  environments: string[];
  onChange: (change: Partial<RunListQuery>) => void;
  onClear: () => void;
}) {
  return (
    <search className="flex shrink-0 flex-wrap items-center gap-1.5 border-b border-line px-3 py-2">
      <TextFilter value={query.q} onChange={(q) => onChange({ q })} />
      <FilterMenu
        name="Status"
        several
        options={runStatuses.map((value) => ({ value, label: statusLabel[value] }))}
        chosen={query.status}
        onChange={(status) => onChange({ status: status as RunStatus[] })}
      />
      <FilterMenu
        name="Workflow"
        several
        options={workflows.map(({ slug }) => ({ value: slug, label: slug }))}
        chosen={query.workflow}
        onChange={(workflow) => onChange({ workflow })}
      />
      <FilterMenu
        name="Mode"
        several
        options={runModes.map((value) => ({ value, label: modeLabel[value] }))}
        chosen={query.mode}
        onChange={(mode) => onChange({ mode: mode as RunModeFilter[] })}
      />
      <FilterMenu
        name="Environment"
        several
        options={environments.map((value) => ({ value, label: value }))}
        chosen={query.environment}
        onChange={(environment) => onChange({ environment })}
      />
      <MoreFilters value={query} onChange={onChange} />
      <TimeFilter value={query} onChange={onChange} />
      <MadeBy name="batch" id={query.batch} onRemove={() => onChange({ batch: null })} />
      <MadeBy name="schedule" id={query.schedule} onRemove={() => onChange({ schedule: null })} />
      {hasFilter(query) ? (
        <Button variant="ghost" onClick={onClear}>
          Clear filters
        </Button>
      ) : null}
    </search>
  );
}

/** A filter that is set by following a link only. */
function MadeBy({ name, id, onRemove }: { name: "batch" | "schedule"; id: string | null; onRemove: () => void }) {
  if (id === null) return null;
  return (
    <Button onClick={onRemove}>
      <span>
        <span className="sr-only">Remove the filter </span>
        <span className="inline-block first-letter:uppercase">{name}</span>
      </span>
      <span className="font-mono">{shortId(id, 10)}</span>
      <X aria-hidden />
    </Button>
  );
}

function TextFilter({ value, onChange }: { value: string; onChange: (q: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useShortcuts([{ keys: "/", label: "Search runs", run: () => input.current?.select() }]);
  useEffect(() => {
    // The address changed by other means (back, clear): the field follows, unless what is typed is still on its way.
    const isStale = timer.current === undefined && input.current?.value.trim() !== value;
    if (input.current && isStale) input.current.value = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const search = (text: string) => {
    clearTimeout(timer.current);
    timer.current = undefined;
    onChange(text);
  };
  return (
    <div className="relative w-full sm:w-64">
      <Search aria-hidden className="pointer-events-none absolute top-1.5 left-2 size-4 text-ink-subtle" />
      <Input
        ref={input}
        type="search"
        aria-label="Search runs"
        placeholder="Run id, workflow, tag or error"
        defaultValue={value}
        maxLength={256}
        className="h-7 pl-8"
        onChange={(event) => {
          const text = event.currentTarget.value.trim();
          clearTimeout(timer.current);
          timer.current = setTimeout(() => search(text), typingPauseMs);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === "Escape") event.currentTarget.blur();
          if (event.key === "Enter") search(event.currentTarget.value.trim());
        }}
      />
    </div>
  );
}
