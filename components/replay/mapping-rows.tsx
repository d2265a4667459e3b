"use client";

import { ArrowRight } from "lucide-react";
import { memo, useMemo, useState, type UIEvent } from "react";
import { cn } from "#/components/ui/class-names.ts";
import type { Preflight } from "#/lib/contract/replay.ts";
import { goneValue, sharedTargets, targetGroups, type MappingChoices } from "./mapping-draft.ts";
import { NativeSelect } from "./native-select.tsx";
import { titlesOf, type VersionNode } from "./version-nodes.ts";

type RenamedNode = Preflight["renamedNodes"][number];

const rowPx = 44;
/** Rows that fit the dialog; with more, the list scrolls and only those near the view exist. */
const viewRows = 8;
const overscan = 4;

/** One row per renamed node: its original id and the select of its target. */
export function MappingRows({
  shown,
  nodes,
  sourceNodes,
  choices,
  onChoose,
}: {
  shown: readonly RenamedNode[];
  nodes: readonly VersionNode[];
  sourceNodes: readonly VersionNode[];
  choices: MappingChoices;
  onChoose: (id: string, target: string) => void;
}) {
  const [top, setTop] = useState(0);
  const sourceIds = useMemo(() => new Set(sourceNodes.map(({ id }) => id)), [sourceNodes]);
  const targetIds = useMemo(() => nodes.map(({ id }) => id), [nodes]);
  const sourceTitles = useMemo(() => titlesOf(sourceNodes), [sourceNodes]);
  const targetTitles = useMemo(() => titlesOf(nodes), [nodes]);
  const twice = useMemo(() => sharedTargets(choices), [choices]);
  const first = Math.max(0, Math.floor(top / rowPx) - overscan);
  const drawn = shown.slice(first, first + viewRows + 2 * overscan);
  if (shown.length === 0) return <p className="text-ink-muted">No renamed node matches the filter.</p>;
  return (
    <>
      <div
        className="shrink-0 overflow-y-auto rounded-md border border-line"
        style={{ maxHeight: viewRows * rowPx }}
        onScroll={(event: UIEvent<HTMLDivElement>) => setTop(event.currentTarget.scrollTop)}
      >
        <ul aria-label="Renamed nodes" className="relative" style={{ height: shown.length * rowPx }}>
          {drawn.map((node, at) => (
            <li
              key={node.id}
              aria-setsize={shown.length}
              aria-posinset={first + at + 1}
              className="absolute inset-x-0 grid grid-cols-[minmax(0,1fr)_auto_minmax(0,1.2fr)] items-center gap-2 border-b border-line px-2"
              style={{ top: (first + at) * rowPx, height: rowPx }}
            >
              <span className="flex min-w-0 flex-col leading-tight" title={node.id}>
                {sourceTitles.has(node.id) ? <span className="truncate">{sourceTitles.get(node.id)}</span> : null}
                <span className={cn("truncate font-mono text-sm", sourceTitles.has(node.id) && "text-ink-subtle")}>
                  {node.id}
                </span>
              </span>
              <ArrowRight aria-hidden className="size-3.5 text-ink-subtle" />
              <TargetSelect
                node={node}
                targetIds={targetIds}
                targetTitles={targetTitles}
                sourceIds={sourceIds}
                value={choices[node.id] ?? ""}
                onChoose={onChoose}
              />
            </li>
          ))}
        </ul>
      </div>
      {twice.size > 0 ? (
        <p className="text-sm text-warning">Chosen for more than one node: {[...twice].slice(0, 5).join(", ")}.</p>
      ) : null}
    </>
  );
}

const TargetSelect = memo(function TargetSelect({
  node,
  targetIds,
  targetTitles,
  sourceIds,
  value,
  onChoose,
}: {
  node: RenamedNode;
  targetIds: readonly string[];
  targetTitles: ReadonlyMap<string, string>;
  sourceIds: ReadonlySet<string>;
  value: string;
  onChoose: (id: string, target: string) => void;
}) {
  const groups = useMemo(() => targetGroups(node, targetIds, sourceIds), [node, targetIds, sourceIds]);
  return (
    <NativeSelect
      aria-label={`Target for ${node.id}`}
      value={value}
      onChange={(event) => onChoose(node.id, event.currentTarget.value)}
    >
      <option value="" disabled>
        Pick target
      </option>
      {groups.map(({ label, ids }) => (
        <optgroup key={label} label={label}>
          {ids.map((id) => (
            <option key={id} value={id}>
              {targetTitles.has(id) ? `${id} (${targetTitles.get(id)})` : id}
            </option>
          ))}
        </optgroup>
      ))}
      <option value={goneValue}>Removed: no node receives it</option>
    </NativeSelect>
  );
});
