import type { ModelPrice } from "#/lib/contract/model.ts";
import type { Usage } from "#/lib/contract/run.ts";
import priceFile from "./prices.json" with { type: "json" };

/** Micro-dollars per million tokens, for requests with up to that many input tokens (null = any number). */
type PriceTier = {
  upToInputTokens: number | null;
  input: number;
  output: number;
  cacheRead: number;
  /** By time to live, the default first; `as-input` when writing to the cache costs as much as plain input. */
  cacheWrite: Record<string, number> | "as-input";
};
type PriceEntry = { ref: string; effectiveFrom: string; tiers: PriceTier[] };

/**
 * What one model call cost, in whole micro-dollars, rounded half up once at the end. The ref must be in the price file
 * exactly; the total input chooses the tier. null (never 0) when the model, its price at that time, or a token count
 * that the price depends on is unknown. A workspace's own price (`ownPrice`) wins over the file's.
 * `cacheWriteTokensByTtl` splits the cache writes where the provider reports that; otherwise all count at the default
 * time to live.
 */
export function costMicros(
  ref: string,
  usage: Usage,
  at: Date,
  ownPrice: ModelPrice | null = null,
  cacheWriteTokensByTtl: Record<string, number> | null = null,
): number | null {
  if (usage.inputTokens === null || usage.outputTokens === null) return null;
  const charges = ownPrice
    ? chargesByOwnPrice(ownPrice, usage)
    : chargesByTier(tierFor(ref, usage.inputTokens, at), usage, cacheWriteTokensByTtl);
  return charges === null ? null : roundedMicros(charges);
}

/** The price that lists show: the tier for short requests, cache writes at the default time to live. */
export function listPrice(ref: string, at: Date): ModelPrice | null {
  const tier = tierFor(ref, 0, at);
  if (tier === null) return null;
  const cacheWrite = tier.cacheWrite === "as-input" ? tier.input : (Object.values(tier.cacheWrite)[0] ?? null);
  return { input: tier.input, output: tier.output, cacheRead: tier.cacheRead, cacheWrite };
}

/** Tokens at a price per million. */
type Charge = { tokens: number; price: number };

function tierFor(ref: string, inputTokens: number, at: Date): PriceTier | null {
  const entries = (priceFile.prices as PriceEntry[]).filter(
    (entry) => entry.ref === ref && Date.parse(entry.effectiveFrom) <= at.getTime(),
  );
  const latest = entries.toSorted((a, b) => Date.parse(b.effectiveFrom) - Date.parse(a.effectiveFrom))[0];
  return latest?.tiers.find((tier) => tier.upToInputTokens === null || inputTokens <= tier.upToInputTokens) ?? null;
}

function chargesByTier(tier: PriceTier | null, usage: Usage, byTtl: Record<string, number> | null): Charge[] | null {
  if (tier === null || usage.cacheReadTokens === null) return null;
  const read = { tokens: usage.cacheReadTokens, price: tier.cacheRead };
  if (tier.cacheWrite === "as-input") return withInputAndOutput(tier, usage, [read]);
  if (usage.cacheWriteTokens === null) return null;
  const writes = cacheWriteCharges(tier.cacheWrite, usage.cacheWriteTokens, byTtl);
  return writes === null ? null : withInputAndOutput(tier, usage, [read, ...writes]);
}

function cacheWriteCharges(
  prices: Record<string, number>,
  total: number,
  byTtl: Record<string, number> | null,
): Charge[] | null {
  if (byTtl === null) return [{ tokens: total, price: Object.values(prices)[0] ?? 0 }];
  const charges: Charge[] = [];
  for (const [ttl, tokens] of Object.entries(byTtl)) {
    const price = Object.hasOwn(prices, ttl) ? prices[ttl] : undefined;
    if (tokens > 0 && price === undefined) return null;
    charges.push({ tokens, price: price ?? 0 });
  }
  return charges.reduce((sum, charge) => sum + charge.tokens, 0) === total ? charges : null;
}

/** A workspace states the prices it knows: an unknown price matters only when there are tokens for it. */
function chargesByOwnPrice(price: ModelPrice, usage: Usage): Charge[] | null {
  if (price.input === null || price.output === null) return null;
  const special: Charge[] = [];
  for (const [tokens, own] of [
    [usage.cacheReadTokens, price.cacheRead],
    [usage.cacheWriteTokens, price.cacheWrite],
  ] as const) {
    if (own === null && tokens !== null && tokens > 0) return null;
    if (own !== null && tokens === null) return null;
    if (own !== null && tokens !== null) special.push({ tokens, price: own });
  }
  return withInputAndOutput({ input: price.input, output: price.output }, usage, special);
}

/** Input counts are totals, so tokens that have a price of their own are subtracted from the plain input. */
function withInputAndOutput(
  price: { input: number; output: number },
  usage: Usage,
  special: Charge[],
): Charge[] | null {
  const plain = (usage.inputTokens ?? 0) - special.reduce((sum, charge) => sum + charge.tokens, 0);
  if (plain < 0) return null;
  return [...special, { tokens: plain, price: price.input }, { tokens: usage.outputTokens ?? 0, price: price.output }];
}

/**
 * BigInt because 10^8 tokens times 10^8 micro-dollars is beyond what a double holds exactly. Unknown (null) when the
 * result is, too.
 */
function roundedMicros(charges: Charge[]): number | null {
  const sum = charges.reduce((total, charge) => total + BigInt(charge.tokens) * BigInt(charge.price), 0n);
  const micros = Number((sum + 500_000n) / 1_000_000n);
  return Number.isSafeInteger(micros) ? micros : null;
}
