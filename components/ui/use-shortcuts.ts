"use client";

import { useEffect, useRef, useSyncExternalStore } from "react";
import { isComposing, matchesChord, pressOf } from "./chord.ts";

export type Shortcut = {
  /** One or more chords: `r`, `mod+enter`, `?`, `arrowdown`; several do the same thing. */
  keys: string | readonly string[];
  /** What it does, for the list that `?` opens. */
  label: string;
  group?: string;
  run: (event: KeyboardEvent) => void;
  /** False: it neither works nor is listed. */
  enabled?: boolean;
  /** Also while typing in a field (for chords such as mod+enter). */
  inFields?: boolean;
  /** Also while the focus is in a dialog. */
  inDialogs?: boolean;
  /** Fires again while the key is held down. */
  repeats?: boolean;
};

export type ListedShortcut = { keys: readonly string[]; label: string; group: string };

const registered = new Map<symbol, readonly Shortcut[]>();
const watchers = new Set<() => void>();
let listed: readonly ListedShortcut[] = [];

function keysOf(shortcut: Shortcut): readonly string[] {
  return typeof shortcut.keys === "string" ? [shortcut.keys] : shortcut.keys;
}

function relist(): void {
  const next = [...registered.values()]
    .flat()
    .filter((shortcut) => shortcut.enabled !== false)
    .map((shortcut) => ({
      keys: keysOf(shortcut),
      label: shortcut.label,
      group: shortcut.group ?? "This page",
    }));
  if (JSON.stringify(next) === JSON.stringify(listed)) return;
  listed = next;
  for (const watcher of watchers) watcher();
}

const fieldSelector =
  "textarea, select, [contenteditable]:not([contenteditable='false']), [role='combobox'], [role='textbox'], input:not([type='checkbox'], [type='radio'], [type='button'], [type='submit'], [type='range'])";
const layerSelector = "[role='dialog'], [role='alertdialog'], [role='menu'], [role='listbox']";
const clickableSelector = "button, a[href], summary, [role='button'], [role='tab'], [role='checkbox'], [role='radio']";
/** Elements that move or scroll by arrow keys themselves; `data-own-arrows` marks panes that scroll. */
const ownArrowsSelector =
  "[role='separator'], [role='tablist'], [role='radiogroup'], [role='slider'], [data-own-arrows]";

function mayRun(shortcut: Shortcut, event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  if (event.repeat && !shortcut.repeats) return false;
  if (!shortcut.inFields && target?.closest(fieldSelector)) return false;
  if (!shortcut.inDialogs && target?.closest(layerSelector)) return false;
  if (event.key.startsWith("Arrow") && target?.closest(ownArrowsSelector)) return false;
  const activates = (event.key === "Enter" || event.key === " ") && !event.ctrlKey && !event.metaKey;
  return !(activates && target?.closest(clickableSelector));
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || isComposing(event)) return;
  const press = pressOf(event);
  for (const shortcut of [...registered.values()].flat().toReversed()) {
    if (shortcut.enabled === false || !keysOf(shortcut).some((chord) => matchesChord(chord, press))) continue;
    if (!mayRun(shortcut, event)) continue;
    event.preventDefault();
    shortcut.run(event);
    return;
  }
}

/**
 * Binds keys for as long as the component is mounted. A later component wins over an earlier one for the same key.
 * Plain keys never fire while the person types in a field or has a dialog or menu open, nor do arrows where they
 * already have a use.
 */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const id = useRef<symbol>(undefined);
  useEffect(() => {
    id.current ??= Symbol("shortcuts");
    registered.set(id.current, shortcuts);
    relist();
  });
  useEffect(() => {
    document.addEventListener("keydown", onKeyDown);
    return () => {
      if (id.current) registered.delete(id.current);
      if (registered.size === 0) document.removeEventListener("keydown", onKeyDown);
      relist();
    };
  }, []);
}

/** Every key that works on this page now. */
export function useListedShortcuts(): readonly ListedShortcut[] {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => listed,
    () => emptyList,
  );
}
const emptyList: readonly ListedShortcut[] = [];
