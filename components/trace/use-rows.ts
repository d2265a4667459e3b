"use client";

import { useCallback, useDeferredValue, useMemo, useState } from "react";
import { countErrors, filterRows, type RowFilter } from "./search-rows.ts";
import type { TraceColumns } from "./trace-columns.ts";
import {
  carryCollapsed,
  collapseAll,
  revealRow,
  visibleRows,
  type Collapsed,
  type VisibleRows,
} from "./visible-rows.ts";

const noRows: VisibleRows = { rows: new Int32Array(0), count: 0 };
const noneCollapsed: Collapsed = new Uint8Array(0);

export type Rows = {
  visible: VisibleRows;
  collapsed: Collapsed;
  filter: RowFilter | null;
  needle: string;
  errors: number;
  toggle: (row: number) => void;
  setAll: (collapse: boolean) => void;
  reveal: (row: number) => void;
};

/** Which rows the list shows: collapsed subtrees left out, or only what a search or "errors only" finds. */
export function useRows(trace: TraceColumns | null, query: string, errorsOnly: boolean): Rows {
  const [kept, setKept] = useState<{ trace: TraceColumns | null; flags: Collapsed }>({
    trace: null,
    flags: noneCollapsed,
  });
  const collapsed = useMemo(() => {
    if (!trace) return noneCollapsed;
    if (kept.trace === trace) return kept.flags;
    return kept.trace ? carryCollapsed(kept.trace, kept.flags, trace) : new Uint8Array(trace.count);
  }, [trace, kept]);
  const asked = useDeferredValue(query);
  const filter = useMemo(() => (trace ? filterRows(trace, asked, errorsOnly) : null), [trace, asked, errorsOnly]);
  const visible = useMemo(
    () => (trace ? visibleRows(trace, collapsed, filter?.keep ?? null) : noRows),
    [trace, collapsed, filter],
  );
  const errors = useMemo(() => (trace ? countErrors(trace) : 0), [trace]);
  const toggle = useCallback(
    (row: number) => {
      const flags = collapsed.slice();
      flags[row] = flags[row] === 1 ? 0 : 1;
      setKept({ trace, flags });
    },
    [trace, collapsed],
  );
  const setAll = useCallback(
    (collapse: boolean) => trace && setKept({ trace, flags: collapseAll(trace, collapse) }),
    [trace],
  );
  const reveal = useCallback(
    (row: number) => {
      if (!trace) return;
      const flags = collapsed.slice();
      if (revealRow(trace, flags, row)) setKept({ trace, flags });
    },
    [trace, collapsed],
  );
  return { visible, collapsed, filter, needle: asked.trim().toLowerCase(), errors, toggle, setAll, reveal };
}
