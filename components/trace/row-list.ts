import {
  createRowElement,
  paintBar,
  paintClock,
  paintCursor,
  paintRow,
  type RowElement,
  type RowScene,
} from "./row-element.ts";
import styles from "./row-list.module.css";
import {
  clampOffset,
  offsetOfScroll,
  offsetToShow,
  scrollOfOffset,
  scrollScale,
  type ScrollScale,
} from "./scroll-scale.ts";
import { tickCount, ticksOf, type TimeWindow } from "./time-scale.ts";
import { indexOfRow, type VisibleRows } from "./visible-rows.ts";

const rowHeightPx = 28;
/** Rows drawn beyond the viewport, so that a fast wheel finds them painted. */
const overscan = 4;
/** Rows are placed relative to a base that moves in such steps: 28 million px do not fit a float exactly. */
const baseStep = 4096;

export type RowListEvents = {
  onSelect: (row: number) => void;
  onToggle: (row: number) => void;
  onOpen: (row: number) => void;
  onKey: (event: KeyboardEvent) => void;
  /** After each frame that changed what is in view: first and last index of the list, and of how many. */
  onView?: (first: number, last: number, count: number) => void;
};

/**
 * The list of spans: a scroller with a pinned layer in which a pool of some 60 row elements is recycled. No element,
 * object or component exists per span, and the pinned layer cannot scroll away from its rows, so no frame is blank.
 */
export class RowList {
  readonly scroller: HTMLDivElement;
  readonly #spacer: HTMLDivElement;
  readonly #layer: HTMLDivElement;
  readonly #stage: HTMLDivElement;
  readonly #lines: HTMLDivElement;
  readonly #events: RowListEvents;
  readonly #observer: ResizeObserver;
  readonly #abort = new AbortController();
  #pool: RowElement[] = [];
  #placed: number[] = [];
  #scene: RowScene | null = null;
  #visible: VisibleRows = { rows: new Int32Array(0), count: 0 };
  #scale: ScrollScale = scrollScale(0, rowHeightPx, 0);
  #offset = 0;
  #base = 0;
  #linesWidth = 0;
  #frame = 0;
  #stale = true;

  constructor(host: HTMLElement, events: RowListEvents) {
    this.#events = events;
    this.scroller = document.createElement("div");
    this.scroller.className = styles["scroller"] ?? "";
    this.scroller.tabIndex = 0;
    this.scroller.setAttribute("role", "treegrid");
    this.scroller.setAttribute("aria-label", "Spans of this run");
    this.#spacer = child(this.scroller, "spacer");
    this.#layer = child(this.#spacer, "layer");
    this.#lines = child(this.#layer, "lines");
    this.#stage = child(this.#layer, "stage");
    host.append(this.scroller);
    const { signal } = this.#abort;
    this.scroller.addEventListener("scroll", () => this.#onScroll(), { passive: true, signal });
    this.scroller.addEventListener("click", (event) => this.#onClick(event), { signal });
    this.scroller.addEventListener("dblclick", (event) => this.#onDoubleClick(event), { signal });
    this.scroller.addEventListener("keydown", (event) => this.#events.onKey(event), { signal });
    this.scroller.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false, signal });
    this.#observer = new ResizeObserver(() => this.#measure());
    this.#observer.observe(this.scroller);
    this.#observer.observe(this.#lines);
    this.#measure();
  }

  /** Shows a trace's rows. Keeps the scroll position, and the last row in view while the list grows under it. */
  show(scene: RowScene, visible: VisibleRows): void {
    const atEnd =
      this.#visible.count > 0 && this.#offset > 0 && this.#offset >= this.#scale.content - this.#scale.viewport - 2;
    const grew = visible.count > this.#visible.count;
    this.#scene = scene;
    this.#visible = visible;
    this.scroller.setAttribute("aria-rowcount", String(visible.count));
    this.#rescale();
    this.#stale = true;
    if (atEnd && grew) this.#scrollTo(this.#scale.content - this.#scale.viewport);
    this.#schedule();
  }

  /** Another zoom or a later clock: only bars and running durations are written. */
  retime(window: TimeWindow, nowMs: number): void {
    if (!this.#scene) return;
    this.#scene = { ...this.#scene, window, nowMs };
    this.#drawLines();
    for (const element of this.#pool) {
      if (element.root.hidden || element.row < 0) continue;
      paintBar(element, element.row, this.#scene);
      paintClock(element, this.#scene);
    }
  }

  /** Moves the one cursor; scrolls only when the row is out of view. */
  setCursor(row: number, reveal: boolean): void {
    if (!this.#scene) return;
    this.#scene = { ...this.#scene, cursor: row };
    for (const element of this.#pool) paintCursor(element, row);
    if (reveal) this.reveal(row);
    this.#describeCursor();
  }

  reveal(row: number): void {
    const index = indexOfRow(this.#visible, row);
    if (index < 0) return;
    const target = offsetToShow(this.#scale, index, this.#offset, 2);
    if (target !== null) this.#scrollTo(target);
  }

  /** Rows of a page, for Page Up and Page Down. */
  get pageRows(): number {
    return Math.max(1, Math.floor(this.#scale.viewport / rowHeightPx) - 1);
  }

  focus(): void {
    this.scroller.focus({ preventScroll: true });
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    this.#abort.abort();
    this.#observer.disconnect();
    this.scroller.remove();
  }

  #measure(): void {
    const viewport = this.scroller.clientHeight;
    if (this.#lines.clientWidth !== this.#linesWidth) {
      this.#linesWidth = this.#lines.clientWidth;
      this.#drawLines();
    }
    if (viewport === this.#scale.viewport && this.#pool.length > 0) return;
    this.#layer.style.height = `${viewport}px`;
    this.#scale = scrollScale(this.#visible.count, rowHeightPx, viewport);
    const wanted = Math.ceil(viewport / rowHeightPx) + 1 + 2 * overscan;
    while (this.#pool.length < wanted) {
      const element = createRowElement(this.#pool.length);
      this.#pool.push(element);
      this.#stage.append(element.root);
    }
    for (const element of this.#pool.splice(wanted)) element.root.remove();
    this.#placed = this.#pool.map(() => -1);
    this.#stale = true;
    this.#rescale();
    this.#schedule();
  }

  #rescale(): void {
    this.#scale = scrollScale(this.#visible.count, rowHeightPx, this.#scale.viewport);
    this.#spacer.style.height = `${this.#scale.spacer}px`;
    this.#offset = clampOffset(this.#scale, this.#offset);
  }

  #onScroll(): void {
    const wanted = offsetOfScroll(this.#scale, this.scroller.scrollTop);
    // Our own exact move sets a rounded scrollbar position; do not let the rounding move the rows.
    if (
      this.#scale.spacer !== this.#scale.content &&
      Math.abs(scrollOfOffset(this.#scale, this.#offset) - this.scroller.scrollTop) < 1
    )
      return;
    this.#offset = clampOffset(this.#scale, wanted);
    this.#render();
  }

  #scrollTo(offset: number): void {
    this.#offset = clampOffset(this.#scale, offset);
    this.scroller.scrollTop = scrollOfOffset(this.#scale, this.#offset);
    this.#schedule();
  }

  #onWheel(event: WheelEvent): void {
    if (this.#scale.spacer === this.#scale.content || event.ctrlKey || event.deltaY === 0) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? rowHeightPx : event.deltaMode === 2 ? this.#scale.viewport : 1;
    this.#scrollTo(this.#offset + event.deltaY * unit);
  }

  #rowOf(event: Event): RowElement | null {
    const target = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-slot]") : null;
    return target ? (this.#pool[Number(target.dataset["slot"])] ?? null) : null;
  }

  #onClick(event: MouseEvent): void {
    const element = this.#rowOf(event);
    if (!element || element.row < 0) return;
    const onToggle = event.target instanceof Element && event.target.closest("[data-toggle]:not([data-leaf])") !== null;
    if (onToggle) this.#events.onToggle(element.row);
    else this.#events.onSelect(element.row);
  }

  #onDoubleClick(event: MouseEvent): void {
    const element = this.#rowOf(event);
    if (element && element.row >= 0) this.#events.onOpen(element.row);
  }

  #schedule(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#render();
    });
  }

  #render(): void {
    const scene = this.#scene;
    if (!scene || this.#pool.length === 0) return;
    const first = Math.max(0, Math.floor(this.#offset / rowHeightPx) - overscan);
    const base = Math.floor(first / baseStep) * baseStep;
    const rebased = base !== this.#base;
    this.#base = base;
    const size = this.#pool.length;
    for (let at = 0; at < size; at++) {
      const index = first + at;
      const slot = index % size;
      const element = this.#pool[slot];
      if (!element) continue;
      if (index >= this.#visible.count) {
        element.root.hidden = true;
        element.row = -1;
        this.#placed[slot] = -1;
        continue;
      }
      if (!this.#stale && !rebased && this.#placed[slot] === index) continue;
      if (rebased || this.#placed[slot] !== index)
        element.root.style.transform = `translateY(${(index - base) * rowHeightPx}px)`;
      this.#placed[slot] = index;
      element.root.hidden = false;
      element.root.setAttribute("aria-rowindex", String(index + 1));
      paintRow(element, this.#visible.rows[index] ?? 0, scene);
    }
    this.#stage.style.transform = `translateY(${base * rowHeightPx - Math.round(this.#offset)}px)`;
    if (this.#stale) this.#drawLines();
    this.#stale = false;
    this.#describeCursor();
    const from = Math.floor(this.#offset / rowHeightPx);
    this.#events.onView?.(from, Math.ceil((this.#offset + this.#scale.viewport) / rowHeightPx), this.#visible.count);
  }

  /** Points `aria-activedescendant` at the cursor's row while it is drawn. */
  #describeCursor(): void {
    const cursor = this.#scene?.cursor ?? -1;
    const shown = cursor < 0 ? undefined : this.#pool.find((element) => element.row === cursor && !element.root.hidden);
    if (shown) this.scroller.setAttribute("aria-activedescendant", shown.root.id);
    else this.scroller.removeAttribute("aria-activedescendant");
  }

  #drawLines(): void {
    const scene = this.#scene;
    if (!scene) return;
    const { from, to } = scene.window;
    const { at } = ticksOf(scene.window, tickCount(this.#linesWidth));
    while (this.#lines.childElementCount < at.length) child(this.#lines, "line");
    for (let i = 0; i < this.#lines.childElementCount; i++) {
      const line = this.#lines.children[i] as HTMLElement;
      const tick = at[i];
      line.hidden = tick === undefined;
      if (tick !== undefined) line.style.left = `${((tick - from) / (to - from)) * 100}%`;
    }
  }
}

function child(parent: HTMLElement, className: string): HTMLDivElement {
  const element = document.createElement("div");
  element.className = styles[className] ?? "";
  parent.append(element);
  return element;
}
