import type { ModelPrice } from "#/lib/contract/model.ts";

export const priceFields = ["input", "output", "cacheRead", "cacheWrite"] as const;
export type PriceField = (typeof priceFields)[number];

/** Dollars per million tokens as people write them; empty = unknown. */
export type PriceDraft = Record<PriceField, string>;

export const noPrices: PriceDraft = { input: "", output: "", cacheRead: "", cacheWrite: "" };

/** The price (null when none of it is known), and the fields that hold no amount of money. Pure. */
export function readPrices(draft: PriceDraft): { price: ModelPrice | null; faults: Partial<PriceDraft> } {
  const price: ModelPrice = { input: null, output: null, cacheRead: null, cacheWrite: null };
  const faults: Partial<PriceDraft> = {};
  for (const field of priceFields) {
    const text = draft[field].trim();
    if (text === "") continue;
    const micros = microsOf(text);
    if (micros === null) faults[field] = "Dollars, for example 2.50";
    else price[field] = micros;
  }
  return { price: priceFields.every((field) => price[field] === null) ? null : price, faults };
}

/** At most six digits after the point: a micro-dollar is the smallest amount there is. */
function microsOf(text: string): number | null {
  const match = /^\$?\s*(\d{1,7})(?:\.(\d{1,6}))?$/.exec(text);
  return match ? Number(match[1]) * 1_000_000 + Number((match[2] ?? "").padEnd(6, "0")) : null;
}
