import { describe, expect, test } from "vitest";
import type { Usage } from "#/lib/contract/run.ts";
import { builtInCatalogue } from "#/lib/models/catalogue.ts";
import { costMicros, listPrice } from "#/lib/models/prices.ts";
import priceFile from "#/lib/models/prices.json" with { type: "json" };

const at = new Date("2026-11-21T00:00:00Z");
const usage = (
  input: number | null,
  output: number | null,
  read: number | null = 0,
  write: number | null = 0,
): Usage => ({
  inputTokens: input,
  outputTokens: output,
  cacheReadTokens: read,
  cacheWriteTokens: write,
  reasoningTokens: null,
});

describe("cost in whole micro-dollars", () => {
  const cases: [string, string, Usage, number | null][] = [
    ["a million in, a million out", "anthropic:claude-opus-4-7", usage(1e6, 1e6), 30_000_000],
    ["one token in", "anthropic:claude-opus-4-7", usage(1, 0), 5],
    ["nothing used", "anthropic:claude-opus-4-7", usage(0, 0), 0],
    ["half a micro-dollar rounds up, once", "openai:gpt-6-luna", usage(5, 0), 1],
    ["0.4 rounds down", "openai:gpt-6-luna", usage(4, 0), 0],
    ["the sum is rounded, not its parts", "openai:gpt-6-luna", usage(4, 1), 1],
    ["cache reads come off the total input", "anthropic:claude-opus-4-7", usage(1000, 0, 1000), 500],
    ["5-minute cache writes", "anthropic:claude-opus-4-7", usage(1000, 0, 0, 1000), 6250],
    ["all kinds together", "anthropic:claude-opus-4-7", usage(1000, 100, 300, 200), 2500 + 2500 + 150 + 1250],
    ["cache writes billed as input", "openai:gpt-5.4-mini", usage(1_000_000, 0, 0, 400_000), 750_000],
    ["cache writes billed as input may be unknown", "openai:gpt-5.4-mini", usage(1_000_000, 0, 0, null), 750_000],
    ["reads at their own price", "openai:gpt-5.4-mini", usage(1_000_000, 0, 1_000_000), 75_000],
    ["at the tier's edge", "openai:gpt-6-sol", usage(272_000, 1_000_000), 544_000 + 10_000_000],
    ["beyond it the whole request costs more", "openai:gpt-6-sol", usage(272_001, 1_000_000), 1_088_004 + 15_000_000],
    ["the tier counts cached input", "anthropic:claude-haiku-5-5", usage(100_001, 0, 100_001), 5000],
    ["beyond doubles: a billion tokens", "anthropic:claude-opus-4-7", usage(1e9, 1e9), 30_000_000_000],
    ["more than a number holds exactly", "anthropic:claude-opus-4-7", usage(1e16, 0), null],
    ["unknown model", "anthropic:claude-none", usage(1, 1), null],
    ["a dated snapshot is another model", "anthropic:claude-opus-4-7-20260416", usage(1, 1), null],
    ["a prefix is another model", "anthropic:claude-opus-4", usage(1, 1), null],
    ["another case", "anthropic:Claude-Opus-4-7", usage(1, 1), null],
    ["a name of Object.prototype", "constructor", usage(1, 1), null],
    ["in the catalogue without a price", "anthropic:claude-fable-5-2", usage(1, 1), null],
    ["unknown input", "anthropic:claude-opus-4-7", usage(null, 1), null],
    ["unknown output", "anthropic:claude-opus-4-7", usage(1, null), null],
    ["unknown cache reads", "anthropic:claude-opus-4-7", usage(1, 1, null), null],
    ["unknown cache writes", "anthropic:claude-opus-4-7", usage(1, 1, 0, null), null],
    ["more cached than there was", "anthropic:claude-opus-4-7", usage(10, 1, 11), null],
  ];
  test.each(cases)("%s", (_name, ref, used, expected) => {
    expect(costMicros(ref, used, at)).toBe(expected);
  });

  test.each([
    ["before its first price", "2026-07-08T23:59:59Z", null],
    ["at its first price", "2026-07-09T00:00:00Z", 1_000],
    ["the last moment before a change", "2026-07-29T23:59:59.999Z", 1_000],
    ["from the change on", "2026-07-30T00:00:00Z", 200],
  ])("a price counts from its day on: %s", (_name, day, expected) => {
    expect(costMicros("openai:gpt-5.6-luna", usage(1000, 0), new Date(day))).toBe(expected);
  });

  test.each([
    ["one hour", { "1h": 1000 }, 10_000],
    ["mixed", { "5m": 400, "1h": 600 }, 2500 + 6000],
    ["a time to live without a price", { "9h": 1000 }, null],
    ["parts that do not add up", { "5m": 999 }, null],
  ])("cache writes by time to live: %s", (_name, byTtl, expected) => {
    const used = usage(1000, 0, 0, 1000);
    expect(costMicros("anthropic:claude-opus-4-7", used, at, null, byTtl)).toBe(expected);
  });

  test.each([
    ["wins over the file", { input: 1, output: 1, cacheRead: null, cacheWrite: null }, usage(1e6, 1e6), 2],
    ["cached tokens without a price", { input: 1, output: 1, cacheRead: null, cacheWrite: null }, usage(9, 9, 5), null],
    ["unknown output price", { input: 1, output: null, cacheRead: 0, cacheWrite: 0 }, usage(9, 9), null],
    [
      "unknown cache counts that nothing is charged for",
      { input: 1e6, output: 1e6, cacheRead: null, cacheWrite: null },
      usage(9, 9, null, null),
      18,
    ],
    ["a free model is known to cost 0", { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }, usage(9, 9), 0],
  ])("a workspace's own price: %s", (_name, price, used, expected) => {
    expect(costMicros("acme:own", used, at, price)).toBe(expected);
  });
});

describe("the price file", () => {
  test("names exact models, whole amounts, and covers every input length once", () => {
    for (const { ref, effectiveFrom, tiers } of priceFile.prices) {
      expect(builtInCatalogue(at).map((model) => model.ref)).toContain(ref);
      expect(new Date(effectiveFrom).toISOString().slice(0, 10)).toBe(effectiveFrom);
      expect(tiers.at(-1)?.upToInputTokens).toBeNull();
      const limits = tiers.map((tier) => tier.upToInputTokens ?? Infinity);
      expect(limits).toEqual(limits.toSorted((a, b) => a - b));
      for (const tier of tiers) {
        const writes = typeof tier.cacheWrite === "string" ? [] : Object.values(tier.cacheWrite);
        for (const amount of [tier.input, tier.output, tier.cacheRead, ...writes]) {
          expect(Number.isInteger(amount)).toBe(true);
          expect(amount).toBeGreaterThan(0);
        }
      }
    }
  });

  test("one price per model and day", () => {
    const keys = priceFile.prices.map((entry) => `${entry.ref} ${entry.effectiveFrom}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("lists show the tier of short requests", () => {
    expect(listPrice("anthropic:claude-haiku-5-5", at)).toEqual({
      input: 100_000,
      output: 500_000,
      cacheRead: 10_000,
      cacheWrite: 125_000,
    });
    expect(listPrice("openai:gpt-5.4-mini", at)?.cacheWrite).toBe(750_000);
    expect(listPrice("acme:own", at)).toBeNull();
  });
});
