/**
 * A list of many rows inside a scrollbar of limited height. Browsers cap an element's height (Chromium 33.5M px), so
 * beyond `tallestPx` the scrollbar's pixels stand for more than one pixel of rows, and small moves are applied exactly.
 */
export type ScrollScale = {
  readonly rowHeight: number;
  readonly count: number;
  readonly viewport: number;
  /** Height of the element that makes the scrollbar. */
  readonly spacer: number;
  /** Height of all rows. */
  readonly content: number;
};

const tallestPx = 15_000_000;

export function scrollScale(count: number, rowHeight: number, viewport: number): ScrollScale {
  const content = count * rowHeight;
  return { rowHeight, count, viewport, content, spacer: Math.min(content, tallestPx) };
}

/** Offset into the rows (px) for a scrollbar position (px). */
export function offsetOfScroll(scale: ScrollScale, scrollTop: number): number {
  const range = scale.spacer - scale.viewport;
  if (scale.spacer === scale.content || range <= 0) return scrollTop;
  return Math.round((scrollTop / range) * (scale.content - scale.viewport));
}

/** Scrollbar position (px) for an offset into the rows (px); the inverse of `offsetOfScroll`. */
export function scrollOfOffset(scale: ScrollScale, offset: number): number {
  if (scale.spacer === scale.content) return offset;
  const range = scale.content - scale.viewport;
  return range <= 0 ? 0 : (offset / range) * (scale.spacer - scale.viewport);
}

/** Largest offset that still fills the viewport. */
export function clampOffset(scale: ScrollScale, offset: number): number {
  return Math.max(0, Math.min(offset, scale.content - scale.viewport));
}

/** The offset that brings a row into view with `margin` rows around it, or null when it is in view already. */
export function offsetToShow(scale: ScrollScale, index: number, offset: number, margin: number): number | null {
  const top = index * scale.rowHeight;
  const room = Math.min(margin * scale.rowHeight, Math.max(0, (scale.viewport - scale.rowHeight) / 2));
  if (top - room < offset && offset > 0) return clampOffset(scale, Math.min(top - room, top));
  if (top + scale.rowHeight + room > offset + scale.viewport)
    return clampOffset(scale, top + scale.rowHeight + room - scale.viewport);
  return null;
}
