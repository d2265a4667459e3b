import { minimapDensity } from "./minimap-density.ts";
import { tickCount, tickLabel, ticksOf, windowBetween, type TimeWindow } from "./time-scale.ts";
import styles from "./time-strip.module.css";
import type { TraceColumns } from "./trace-columns.ts";

const mapHeight = 40;
/** A shorter drag is a click, which must not zoom to nothing. */
const dragPx = 4;

/**
 * Minimap and ruler over the bars: the whole run in one picture with the zoomed part framed, the ticks below. Dragging on
 * either zooms to the dragged stretch, a double click shows the whole run again.
 */
export class TimeStrip {
  readonly #map: HTMLCanvasElement;
  readonly #frame: HTMLElement;
  readonly #ruler: HTMLElement;
  readonly #rubber: HTMLElement;
  readonly #view: HTMLElement;
  readonly #root: HTMLElement;
  readonly #onZoom: (window: TimeWindow | null) => void;
  readonly #abort = new AbortController();
  readonly #observer: ResizeObserver;
  readonly #themes: MutationObserver;
  #trace: TraceColumns | null = null;
  #bounds: TimeWindow = { from: 0, to: 1 };
  #window: TimeWindow = { from: 0, to: 1 };
  #nowMs = 0;
  #paintTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: HTMLElement, onZoom: (window: TimeWindow | null) => void) {
    this.#onZoom = onZoom;
    this.#root = host;
    const map = part(host, "div", "map");
    this.#map = map.appendChild(document.createElement("canvas"));
    this.#map.className = styles["canvas"] ?? "";
    this.#view = part(map, "div", "view");
    this.#frame = part(map, "div", "frame");
    this.#ruler = part(host, "div", "ruler");
    this.#rubber = part(host, "div", "rubber");
    this.#rubber.hidden = true;
    const { signal } = this.#abort;
    const whole = () => this.#bounds;
    const zoomed = () => this.#window;
    map.addEventListener("pointerdown", (event) => this.#startDrag(event, whole), { signal });
    this.#ruler.addEventListener("pointerdown", (event) => this.#startDrag(event, zoomed), { signal });
    host.addEventListener("dblclick", () => this.#onZoom(null), { signal });
    this.#observer = new ResizeObserver(() => this.#repaint(0));
    this.#observer.observe(host);
    this.#themes = new MutationObserver(() => this.#repaint(0));
    this.#themes.observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
  }

  /** Draws ticks at once; the picture a moment later, so that the first rows come first. */
  show(trace: TraceColumns, bounds: TimeWindow, window: TimeWindow, nowMs: number): void {
    const isSamePicture = trace === this.#trace && bounds.from === this.#bounds.from && bounds.to === this.#bounds.to;
    this.#trace = trace;
    this.#bounds = bounds;
    this.#window = window;
    this.#nowMs = nowMs;
    this.#drawTicks();
    if (!isSamePicture) this.#repaint(60);
  }

  /** Marks which part of the list is in view (shares of all rows, 0…1). */
  markView(from: number, to: number): void {
    const top = Math.max(0, Math.min(1, from)) * mapHeight;
    const height = Math.max(2, (Math.min(1, to) - Math.max(0, from)) * mapHeight);
    this.#view.hidden = from <= 0 && to >= 1;
    this.#view.style.transform = `translateY(${Math.min(mapHeight - height, top).toFixed(1)}px)`;
    this.#view.style.height = `${height.toFixed(1)}px`;
  }

  destroy(): void {
    clearTimeout(this.#paintTimer);
    this.#abort.abort();
    this.#observer.disconnect();
    this.#themes.disconnect();
    this.#root.replaceChildren();
  }

  #drawTicks(): void {
    const width = this.#ruler.clientWidth;
    const { from, to } = this.#window;
    const { step, at } = ticksOf(this.#window, tickCount(width));
    while (this.#ruler.childElementCount < at.length) part(this.#ruler, "span", "tick");
    for (let i = 0; i < this.#ruler.childElementCount; i++) {
      const tick = this.#ruler.children[i] as HTMLElement;
      const time = at[i];
      const share = time === undefined ? 2 : (time - from) / (to - from);
      tick.hidden = time === undefined || share > 0.97;
      if (time === undefined) continue;
      tick.style.left = `${share * 100}%`;
      tick.textContent = tickLabel(time, step);
    }
    const span = this.#bounds.to - this.#bounds.from;
    const isZoomed = from > this.#bounds.from || to < this.#bounds.to;
    this.#frame.hidden = !isZoomed;
    this.#frame.style.left = `${((from - this.#bounds.from) / span) * 100}%`;
    this.#frame.style.width = `${((to - from) / span) * 100}%`;
  }

  #repaint(afterMs: number): void {
    clearTimeout(this.#paintTimer);
    this.#paintTimer = setTimeout(() => {
      this.#drawTicks();
      this.#paint();
    }, afterMs);
  }

  /** One ImageData for the whole picture. */
  #paint(): void {
    const trace = this.#trace;
    const width = Math.floor(this.#root.clientWidth);
    const context = this.#map.getContext("2d");
    if (!trace || !context || width < 2) return;
    this.#map.width = width;
    this.#map.height = mapHeight;
    const density = minimapDensity(trace, this.#bounds, this.#nowMs, width, mapHeight);
    const image = context.createImageData(width, mapHeight);
    const colours = getComputedStyle(this.#root);
    const plain = channels(colours.getPropertyValue("--ink-subtle"));
    const failed = channels(colours.getPropertyValue("--status-failed"));
    const scale = Math.log2(density.peak + 1);
    for (let pixel = 0; pixel < density.cover.length; pixel++) {
      const cover = density.cover[pixel] ?? 0;
      if (cover === 0) continue;
      const colour = density.failed[pixel] === 1 ? failed : plain;
      const strength = density.failed[pixel] === 1 ? 255 : 80 + 150 * (Math.log2(cover + 1) / scale);
      image.data.set([...colour, strength], pixel * 4);
    }
    context.putImageData(image, 0, 0);
  }

  #startDrag(event: PointerEvent, scale: () => TimeWindow): void {
    if (event.button !== 0) return;
    const target = event.currentTarget as HTMLElement;
    const box = target.getBoundingClientRect();
    const timeAt = (clientX: number) => {
      const { from, to } = scale();
      return from + ((clientX - box.left) / box.width) * (to - from);
    };
    const drag = new AbortController();
    target.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent) => {
      const left = Math.max(box.left, Math.min(event.clientX, moved.clientX));
      const right = Math.min(box.right, Math.max(event.clientX, moved.clientX));
      this.#rubber.hidden = right - left < dragPx;
      this.#rubber.style.left = `${left - box.left}px`;
      this.#rubber.style.width = `${right - left}px`;
    };
    const end = (up: PointerEvent) => {
      drag.abort();
      this.#rubber.hidden = true;
      if (up.type === "pointerup" && Math.abs(up.clientX - event.clientX) >= dragPx)
        this.#onZoom(windowBetween(timeAt(event.clientX), timeAt(up.clientX), this.#bounds));
    };
    target.addEventListener("pointermove", move, { signal: drag.signal });
    target.addEventListener("pointerup", end, { signal: drag.signal });
    target.addEventListener("pointercancel", end, { signal: drag.signal });
  }
}

function part(parent: HTMLElement, tag: string, className: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = styles[className] ?? "";
  parent.append(element);
  return element;
}

/** Any CSS colour as red, green, blue: a canvas of one pixel understands every notation. */
function channels(colour: string): [number, number, number] {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return [128, 128, 128];
  context.fillStyle = colour.trim() || "#888";
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
