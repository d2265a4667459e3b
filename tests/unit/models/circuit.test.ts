import { describe, expect, test } from "vitest";
import { askEveryMs, healthOf, waitForProviderMs } from "#/lib/models/circuit.ts";
import { ModelCallError, type ModelCallFailure } from "#/lib/models/model-call-error.ts";

const failed = (failure: Partial<ModelCallFailure>) =>
  new ModelCallError({ code: "provider_error", message: "failed", ...failure });

describe("what a failed call says of its provider", () => {
  test.each<[string, Partial<ModelCallFailure>, ReturnType<typeof healthOf>]>([
    ["no connection", { retryable: true }, "down"],
    ["no answer in time", { code: "timed_out" }, "down"],
    ["silence in the middle", { code: "provider_idle_timeout", retryable: true, brokeOff: true }, "down"],
    ["500", { status: 500, retryable: true }, "down"],
    ["503 that asks for a wait", { status: 503, retryable: true, retryAfterMs: 1000 }, "down"],
    ["529", { status: 529, retryable: true }, "down"],
    ["429", { status: 429, retryable: true }, "unknown"],
    ["429 of a spent quota", { status: 429 }, "unknown"],
    ["408", { status: 408, retryable: true }, "unknown"],
    ["400", { status: 400 }, "up"],
    ["401", { status: 401 }, "up"],
    ["404", { status: 404 }, "up"],
    ["an answer that is not the JSON asked for", { code: "output_invalid" }, "up"],
    ["an answer that takes too long", { code: "timed_out", brokeOff: true }, "unknown"],
    ["a broken stream", { code: "provider_stream_incomplete", retryable: true, brokeOff: true }, "unknown"],
    ["an error in the stream", { retryable: true, brokeOff: true }, "unknown"],
    ["an address that a rule refuses", {}, "unknown"],
    ["a cancelled call", { code: "cancelled" }, "unknown"],
  ])("%s", (_what, failure, health) => expect(healthOf(failed(failure))).toBe(health));
});

test("who waits comes back within seconds, later the longer the provider is down", () => {
  const waits = [0, 4000, 20_000, 60_000, 86_400_000].map((downMs) => [
    waitForProviderMs(downMs, () => 0),
    waitForProviderMs(downMs, () => 1),
  ]);
  expect(waits).toEqual([
    [1000, 2000],
    [1000, 2000],
    [2500, 5000],
    [7500, 15_000],
    [7500, 15_000],
  ]);
});

test("a provider that is down is asked at most twice in any second", () =>
  expect(askEveryMs * 2).toBeGreaterThan(1000));
