import { formatCost, formatCount, formatDuration } from "#/components/ui/format.ts";
import type { NumberDelta } from "#/lib/contract/compare.ts";

export type Quantity = "duration" | "count" | "cost";

const formats: Record<Quantity, (value: number | null) => string> = {
  duration: (value) => formatDuration(value, "unknown"),
  count: (value) => formatCount(value),
  cost: (value) => formatCost(value),
};

/** A number in its unit; an unknown one reads as unknown, never as 0. */
export function quantityText(value: number | null, quantity: Quantity): string {
  return formats[quantity](value);
}

/** `+1.2 s`, `−340`, `no change`; `unknown` where one side is. */
export function deltaText({ delta }: NumberDelta, quantity: Quantity): string {
  if (delta === null) return "unknown";
  if (delta === 0) return "no change";
  return `${delta > 0 ? "+" : "−"}${quantityText(Math.abs(delta), quantity)}`;
}

/** ` (+12%)`; empty where it would say nothing: no base, no change, or one side unknown. */
export function percentText({ a, delta }: NumberDelta): string {
  if (a === null || a === 0 || delta === null || delta === 0) return "";
  const percent = Math.round((Math.abs(delta) / Math.abs(a)) * 100);
  if (percent === 0) return "";
  return ` (${delta > 0 ? "+" : "−"}${percent > 999 ? ">999" : percent}%)`;
}
