"use client";

import { useRef, type KeyboardEvent, type PointerEvent } from "react";
import { cn } from "#/components/ui/class-names.ts";

/**
 * A bar between two panes, moved by dragging or by arrow keys. `value` and the limits are in px of the pane that it sizes;
 * `direction` says whether that pane grows with the pointer moving to the right (1) or to the left (-1).
 */
export function Splitter({
  label,
  value,
  min,
  max,
  direction,
  onChange,
  className,
}: {
  label: string;
  value: number;
  min: number;
  max: number;
  direction: 1 | -1;
  onChange: (value: number) => void;
  className?: string;
}) {
  const start = useRef<{ x: number; value: number } | null>(null);
  const clamp = (next: number) => Math.round(Math.max(min, Math.min(max, next)));
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = { x: event.clientX, value };
  };
  const onPointerMove = (event: PointerEvent) => {
    if (start.current) onChange(clamp(start.current.value + (event.clientX - start.current.x) * direction));
  };
  const onPointerUp = () => {
    start.current = null;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.shiftKey ? 64 : 16;
    const delta = event.key === "ArrowRight" ? step : event.key === "ArrowLeft" ? -step : 0;
    if (delta === 0) return;
    event.preventDefault();
    onChange(clamp(value + delta * direction));
  };
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={clamp(value)}
      aria-valuemin={min}
      aria-valuemax={Math.max(min, Math.round(max))}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
      onKeyDown={onKeyDown}
      className={cn(
        "relative z-10 w-px shrink-0 cursor-col-resize touch-none bg-line after:absolute after:inset-y-0 after:-left-1 after:w-[9px] hover:bg-accent focus-visible:bg-accent focus-visible:outline-none",
        className,
      )}
    />
  );
}
