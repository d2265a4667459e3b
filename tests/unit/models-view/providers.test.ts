import { describe, expect, test } from "vitest";
import { noPrices, readPrices } from "#/components/models/price-draft.ts";
import { providerRows, setBy } from "#/components/models/provider-rows.ts";
import type { ModelView } from "#/lib/contract/model.ts";
import type { ProviderView } from "#/lib/contract/provider.ts";

const model = (provider: string, retired = false): ModelView => ({
  ...{ id: "m", ref: `${provider}:m`, provider, name: "m", retired, price: null },
  ...{ allowed: true, notAllowedCode: null, notAllowedBecause: null },
});
const view = (provider: string, origin: ProviderView["origin"], updatedAt: string | null): ProviderView => ({
  ...{ provider, origin, updatedAt, hasKey: true, down: null },
  ...{ kind: "openai-compatible", baseUrl: `https://${provider}.example` },
});

describe("the providers of a workspace", () => {
  test("are those that are built in, have models, or have access, each once, by name", () => {
    const rows = providerRows(
      [view("openai", "installation", null), view("local", "workspace", "2026-01-01T00:00:00.000Z")],
      [model("openai"), model("openai", true), model("forgotten")],
    );
    expect(rows.map(({ provider, access, since, models }) => [provider, access, since, models])).toEqual([
      ["anthropic", "none", null, 0],
      ["forgotten", "none", null, 1],
      ["local", "workspace", "2026-01-01T00:00:00.000Z", 0],
      ["openai", "installation", null, 1],
    ]);
    expect(rows.filter((row) => row.isCompatible).map((row) => row.provider)).toEqual(["forgotten", "local"]);
  });

  test("say nothing of keys and addresses to those who may not read them", () => {
    for (const row of providerRows(null, [model("local")]))
      expect(row).toMatchObject({ access: "unknown", baseUrl: null, since: null });
  });

  test("name whoever set a key last", () => {
    const event = (target: string | null, id: string | null) => ({ target, actor: { id } });
    expect(setBy([event("a", "usr_2"), event("b", null), event("a", "usr_1"), event(null, "usr_3")])).toEqual({
      a: "usr_2",
      b: null,
    });
  });
});

describe("prices as people write them", () => {
  test.each([
    ["2.5", 2_500_000],
    [" $ 15 ", 15_000_000],
    ["0", 0],
    ["0.000001", 1],
    ["0.3", 300_000],
    ["1234567.654321", 1_234_567_654_321],
  ])("%j is exact", (text, micros) => {
    expect(readPrices({ ...noPrices, output: text })).toEqual({
      price: { input: null, output: micros, cacheRead: null, cacheWrite: null },
      faults: {},
    });
  });

  test("of which none is given are unknown", () => {
    expect(readPrices({ ...noPrices, input: "  " })).toEqual({ price: null, faults: {} });
  });

  test.each(["free", "-1", "1,5", "1e3", "0.0000001", "12345678", ".5", "5."])("%j is no price", (text) => {
    expect(readPrices({ ...noPrices, cacheRead: text }).faults).toEqual({ cacheRead: expect.any(String) });
  });
});
