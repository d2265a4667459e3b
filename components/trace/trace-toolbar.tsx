"use client";

import { ChevronsDownUp, ChevronsUpDown, PanelRight, Search, ZoomOut } from "lucide-react";
import type { KeyboardEvent, Ref } from "react";
import { cn } from "#/components/ui/class-names.ts";
import { formatCount } from "#/components/ui/format.ts";
import { IconButton } from "#/components/ui/icon-button.tsx";
import { Input } from "#/components/ui/input.tsx";
import { traceFaces, type TraceFace, type ViewerState } from "./url-state.ts";

const faceNames: Record<TraceFace, string> = { tree: "Tree", transcript: "Transcript", graph: "Graph" };

/** Faces, search and filters over the rows. `hits` is null while nothing filters. */
export function TraceToolbar({
  state,
  count,
  hits,
  errors,
  isZoomed,
  isInspectorOpen,
  searchRef,
  onChange,
  onSearchKey,
  onCollapseAll,
  onResetZoom,
  onToggleInspector,
}: {
  state: ViewerState;
  count: number;
  hits: number | null;
  errors: number;
  isZoomed: boolean;
  isInspectorOpen: boolean;
  searchRef: Ref<HTMLInputElement>;
  onChange: (change: Partial<ViewerState>) => void;
  onSearchKey: (event: KeyboardEvent<HTMLInputElement>) => void;
  onCollapseAll: (collapse: boolean) => void;
  onResetZoom: () => void;
  onToggleInspector: () => void;
}) {
  const isTree = state.view === "tree";
  return (
    <div
      role="toolbar"
      aria-label="Trace"
      className="flex shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-3 py-1"
    >
      <div role="group" aria-label="View" className="flex rounded-md border border-line-strong p-px">
        {traceFaces.map((face) => (
          <Face key={face} isOn={state.view === face} onClick={() => onChange({ view: face })}>
            {faceNames[face]}
          </Face>
        ))}
      </div>
      <div className="relative min-w-36 grow sm:max-w-64">
        <Search aria-hidden className="pointer-events-none absolute top-1.5 left-2 size-4 text-ink-subtle" />
        <Input
          ref={searchRef}
          type="search"
          aria-label="Search spans"
          placeholder="Search spans"
          autoComplete="off"
          spellCheck={false}
          value={state.query}
          onChange={(event) => onChange({ query: event.currentTarget.value, view: "tree" })}
          onKeyDown={onSearchKey}
          className="h-7 pl-7"
        />
      </div>
      <button
        type="button"
        aria-pressed={state.errorsOnly}
        disabled={errors === 0 && !state.errorsOnly}
        title="Show only spans that failed (e)"
        onClick={() => onChange({ errorsOnly: !state.errorsOnly, view: "tree" })}
        className="h-7 rounded-md px-2 text-sm text-ink-muted hover:bg-hover disabled:text-ink-disabled aria-pressed:bg-danger-soft aria-pressed:text-danger"
      >
        Errors only{errors > 0 ? <span className="tabular"> ({formatCount(errors)})</span> : null}
      </button>
      <span role="status" className="tabular text-sm text-ink-subtle">
        {hits === null
          ? `${formatCount(count)} ${count === 1 ? "span" : "spans"}`
          : hits === 0
            ? "Nothing found"
            : `${formatCount(hits)} of ${formatCount(count)}`}
      </span>
      <span className="grow" />
      {isZoomed && isTree ? (
        <IconButton label="Show the whole run" icon={<ZoomOut aria-hidden />} onClick={onResetZoom} />
      ) : null}
      {isTree ? (
        <>
          <IconButton
            label="Expand all"
            keys="shift+e"
            icon={<ChevronsUpDown aria-hidden />}
            onClick={() => onCollapseAll(false)}
          />
          <IconButton
            label="Collapse all"
            keys="shift+c"
            icon={<ChevronsDownUp aria-hidden />}
            onClick={() => onCollapseAll(true)}
          />
        </>
      ) : null}
      <IconButton
        label={isInspectorOpen ? "Close inspector" : "Open inspector"}
        keys="enter"
        aria-pressed={isInspectorOpen}
        icon={<PanelRight aria-hidden />}
        onClick={onToggleInspector}
      />
    </div>
  );
}

function Face({ isOn, ...props }: { isOn: boolean; onClick: () => void; children: string }) {
  return (
    <button
      type="button"
      {...props}
      aria-pressed={isOn}
      className={cn(
        "h-6 rounded-[5px] px-2 text-sm",
        isOn ? "bg-selected font-medium text-ink" : "text-ink-muted hover:bg-hover",
      )}
    />
  );
}
