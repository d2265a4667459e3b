"use client";

import type { RefObject } from "react";
import { useShortcuts } from "#/components/ui/use-shortcuts.ts";

/** `j`/`k` and arrows move the focus from row to row (each has one `a[data-run-link]`); Enter follows the link. */
export function useRowKeys(body: RefObject<HTMLElement | null>): void {
  const links = () => [...(body.current?.querySelectorAll<HTMLElement>("a[data-run-link]") ?? [])];
  const move = (by: number) => {
    const all = links();
    const here = all.findIndex((link) => link.closest("tr")?.contains(document.activeElement));
    const next = all[here === -1 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  useShortcuts([
    { keys: ["j", "arrowdown"], label: "Next run", repeats: true, run: () => move(1) },
    { keys: ["k", "arrowup"], label: "Previous run", repeats: true, run: () => move(-1) },
    { keys: "enter", label: "Open the run", run: () => links()[0]?.click() },
  ]);
}
