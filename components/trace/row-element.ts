import type { EffectVerdict, SpanKind } from "#/lib/contract/status.ts";
import { effectLabel } from "#/components/runs/run-words.ts";
import { formatCompact, formatCost, formatDuration } from "#/components/ui/format.ts";
import styles from "./row-list.module.css";
import { barPlace, type TimeWindow } from "./time-scale.ts";
import {
  attemptCount,
  isReused,
  kindAt,
  kindLabels,
  modelAt,
  rowName,
  shownEffect,
  statusAt,
  unknownNumber,
  type TraceColumns,
} from "./trace-columns.ts";

/** Indent stops growing here: a row 3,000 levels deep must still show its name. */
const deepestIndent = 24;
const indentPx = 12;

/** What a row needs to know beyond its own columns. */
export type RowScene = {
  readonly trace: TraceColumns;
  readonly window: TimeWindow;
  readonly nowMs: number;
  readonly cursor: number;
  readonly needle: string;
  /** Rows that match a filter; the others are shown as context only. */
  readonly isHit: ((row: number) => boolean) | null;
  readonly isCollapsed: (row: number) => boolean;
};

/** One recycled row: its element and the parts that change. `row` is the trace row it shows, -1 = none. */
export type RowElement = {
  readonly root: HTMLDivElement;
  readonly tree: HTMLElement;
  readonly toggle: HTMLElement;
  readonly use: SVGUseElement;
  readonly name: HTMLElement;
  readonly before: Text;
  readonly mark: HTMLElement;
  readonly after: Text;
  /** What the row called: a request, a tool, a model. */
  readonly called: HTMLElement;
  readonly badge: HTMLElement;
  readonly attempts: HTMLElement;
  readonly state: HTMLElement;
  readonly tokens: HTMLElement;
  readonly cost: HTMLElement;
  readonly duration: HTMLElement;
  readonly bar: HTMLElement;
  row: number;
};

/** Id of the icon symbol of a span kind; the sprite is rendered once by `kind-sprite.tsx`. */
export function kindSymbolId(kind: SpanKind): string {
  return `span-kind-${kind}`;
}

function part(parent: Element, className: string | undefined, tag = "span"): HTMLElement {
  const element = document.createElement(tag);
  if (className) element.className = className;
  parent.append(element);
  return element;
}

function cell(parent: Element, className: string | undefined, column: string): HTMLElement {
  const element = part(parent, className);
  element.setAttribute("role", "gridcell");
  element.dataset["column"] = column;
  return element;
}

const svgNamespace = "http://www.w3.org/2000/svg";

/** Makes an empty row; `slot` names it for `aria-activedescendant`. */
export function createRowElement(slot: number): RowElement {
  const root = document.createElement("div");
  root.className = styles["row"] ?? "";
  root.id = `trace-row-${slot}`;
  root.dataset["slot"] = String(slot);
  root.setAttribute("role", "row");
  const left = part(root, styles["left"], "div");
  const tree = part(left, styles["tree"], "div");
  tree.setAttribute("role", "gridcell");
  const toggle = part(tree, styles["toggle"]);
  toggle.dataset["toggle"] = "";
  const svg = document.createElementNS(svgNamespace, "svg");
  svg.setAttribute("class", styles["icon"] ?? "");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(svgNamespace, "use");
  svg.append(use);
  tree.append(svg);
  const name = part(tree, styles["name"]);
  const before = document.createTextNode("");
  name.append(before);
  const mark = part(name, undefined, "mark");
  const after = document.createTextNode("");
  name.append(after);
  const parts = {
    called: part(tree, styles["called"]),
    state: part(tree, styles["state"]),
    attempts: part(tree, styles["attempts"]),
    badge: part(tree, styles["badge"]),
  };
  part(tree, styles["gap"]);
  const numbers = {
    tokens: cell(left, styles["number"], "tokens"),
    cost: cell(left, styles["number"], "cost"),
    duration: cell(left, styles["number"], "duration"),
  };
  const bars = cell(root, styles["bars"], "bars");
  const bar = part(bars, styles["bar"]);
  return { root, tree, toggle, use, name, before, mark, after, ...parts, ...numbers, bar, row: -1 };
}

/** Writes everything a row shows. Reads nothing from the document, so a frame never forces a layout. */
export function paintRow(element: RowElement, row: number, scene: RowScene): void {
  const { trace } = scene;
  const { root } = element;
  element.row = row;
  const status = statusAt(trace, row);
  const kind = kindAt(trace, row);
  const depth = trace.depth[row] ?? 0;
  const hasChildren = (trace.size[row] ?? 1) > 1;
  const expanded = hasChildren && !scene.isCollapsed(row);
  root.dataset["status"] = status;
  root.setAttribute("aria-level", String(depth + 1));
  if (hasChildren) root.setAttribute("aria-expanded", String(expanded));
  else root.removeAttribute("aria-expanded");
  if (scene.isHit && !scene.isHit(row)) root.dataset["context"] = "";
  else delete root.dataset["context"];
  element.tree.style.paddingLeft = `${4 + Math.min(depth, deepestIndent) * indentPx}px`;
  if (hasChildren) delete element.toggle.dataset["leaf"];
  else element.toggle.dataset["leaf"] = "";
  element.use.setAttribute("href", `#${kindSymbolId(kind)}`);
  const { name, called } = rowName(trace, row);
  paintName(element, name, scene.needle);
  const effect = shownEffect(trace, row);
  const attempts = attemptCount(trace, row);
  const model = modelAt(trace, row) ?? "";
  element.called.textContent = called || model.slice(model.indexOf(":") + 1);
  element.state.textContent = status === "completed" ? "" : status;
  element.state.dataset["status"] = status;
  element.attempts.textContent = kind === "attempt" || attempts < 2 ? "" : `${attempts} attempts`;
  element.badge.textContent = effect === null ? "" : effectLabel[effect];
  if (effect !== null) element.badge.dataset["effect"] = effect;
  paintNumbers(element, row, scene);
  paintBar(element, row, scene);
  paintCursor(element, scene.cursor);
  root.setAttribute("aria-label", rowLabel(trace, row, effect, attempts));
}

function paintName(element: RowElement, name: string, needle: string): void {
  const at = needle === "" ? -1 : name.toLowerCase().indexOf(needle);
  if (at < 0) {
    element.before.data = name;
    element.mark.textContent = "";
    element.after.data = "";
    return;
  }
  element.before.data = name.slice(0, at);
  element.mark.textContent = name.slice(at, at + needle.length);
  element.after.data = name.slice(at + needle.length);
}

function paintNumbers(element: RowElement, row: number, { trace, nowMs }: RowScene): void {
  const tokens = trace.tokens[row] ?? unknownNumber;
  const cost = trace.costMicros[row] ?? unknownNumber;
  element.tokens.textContent = tokens < 0 ? "" : formatCompact(tokens);
  element.cost.textContent = cost < 0 ? "" : formatCost(cost);
  element.duration.textContent = formatDuration(shownDuration(trace, row, nowMs), "");
}

/** A span that has not ended shows how long it has been going. */
function shownDuration(trace: TraceColumns, row: number, nowMs: number): number | null {
  const duration = trace.durationMs[row] ?? -1;
  if (duration >= 0) return duration;
  const start = trace.startMs[row] ?? -1;
  const status = statusAt(trace, row);
  return start >= 0 && (status === "running" || status === "waiting") ? Math.max(0, nowMs - start) : null;
}

/** Places the bar; called alone when only the zoom or the clock changed. */
export function paintBar(element: RowElement, row: number, scene: RowScene): void {
  const { trace } = scene;
  const place = barPlace(trace.startMs[row] ?? -1, trace.durationMs[row] ?? -1, scene.window, scene.nowMs);
  element.bar.hidden = place === null;
  if (place === null) return;
  element.bar.style.left = `${place.left.toFixed(3)}%`;
  element.bar.style.width = `${place.width.toFixed(3)}%`;
  const kind = kindAt(trace, row);
  element.bar.dataset["status"] = isReused(trace, row) ? "reused" : statusAt(trace, row);
  if (kind === "model_call" || kind === "tool_call" || (trace.size[row] ?? 1) === 1) element.bar.dataset["strong"] = "";
  else delete element.bar.dataset["strong"];
}

export function paintClock(element: RowElement, scene: RowScene): void {
  if (element.row < 0 || (scene.trace.durationMs[element.row] ?? -1) >= 0) return;
  element.duration.textContent = formatDuration(shownDuration(scene.trace, element.row, scene.nowMs), "");
}

export function paintCursor(element: RowElement, cursor: number): void {
  element.root.setAttribute("aria-selected", element.row === cursor ? "true" : "false");
}

function rowLabel(trace: TraceColumns, row: number, effect: EffectVerdict | null, attempts: number): string {
  const model = modelAt(trace, row);
  const duration = trace.durationMs[row] ?? -1;
  const { name, called } = rowName(trace, row);
  const words = [`${kindLabels[kindAt(trace, row)]} ${name}`, ...(called ? [called] : []), statusAt(trace, row)];
  if (model !== null) words.push(model);
  if (attempts > 1) words.push(`${attempts} attempts`);
  if (effect !== null) words.push(effectLabel[effect]);
  if (duration >= 0) words.push(formatDuration(duration));
  return words.join(", ");
}
