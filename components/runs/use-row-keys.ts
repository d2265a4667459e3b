"use client";

import type { RefObject } from "react";
import { useShortcuts } from "#/components/ui/use-shortcuts.ts";

/** The row that has the focus, and a step to another one; null = none. */
export type RowCursor = { current: () => HTMLElement | null; move: (by: number) => HTMLElement | null };

/**
 * `j`/`k` and arrows move the focus from row to row (each has one `a[data-row-link]`); Enter follows the link. `noun` is
 * what a row shows.
 */
export function useRowKeys(body: RefObject<HTMLElement | null>, noun: string): RowCursor {
  const links = () => [...(body.current?.querySelectorAll<HTMLElement>("a[data-row-link]") ?? [])];
  const current = () => {
    const row = document.activeElement?.closest("tr") ?? null;
    return row !== null && body.current?.contains(row) ? row : null;
  };
  const move = (by: number) => {
    const all = links();
    const row = current();
    const here = row === null ? -1 : all.findIndex((link) => row.contains(link));
    const next = all[here === -1 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
    return next?.closest("tr") ?? null;
  };
  useShortcuts([
    { keys: ["j", "arrowdown"], label: `Next ${noun}`, repeats: true, run: () => move(1) },
    { keys: ["k", "arrowup"], label: `Previous ${noun}`, repeats: true, run: () => move(-1) },
    { keys: "enter", label: `Open the ${noun}`, run: () => links()[0]?.click() },
  ]);
  return { current, move };
}
