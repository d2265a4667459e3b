import { describe, expect, test } from "vitest";
import { exitCodeFor } from "#/lib/cli/exit-code.ts";
import { formatCost, formatDuration } from "#/lib/cli/format.ts";
import { dollars, versionNumber, wholeNumber } from "#/lib/cli/option-values.ts";
import { mappingOf, replayRequestOf, type ReplayCommandOptions } from "#/lib/cli/replay-options.ts";
import { durationMsOf, timeOf } from "#/lib/cli/time-argument.ts";
import { readDefinition, slugOf } from "#/lib/cli/workflow-source.ts";
import { ReplayRequest } from "#/lib/contract/replay.ts";

describe("times", () => {
  test.each([
    ["30s", 30_000],
    ["10m", 600_000],
    ["24h", 86_400_000],
    ["1h30m", 5_400_000],
    ["2d", 172_800_000],
    ["1w", 604_800_000],
    ["500ms", 500],
    ["1.5h", 5_400_000],
  ])("%s is a duration", (text, ms) => {
    expect(durationMsOf(text)).toBe(ms);
  });

  test.each(["", "h", "10", "-5m", "10 m", "10m ", "1y", "1e3s", "PT5M"])("%j is none", (text) => {
    expect(durationMsOf(text)).toBeNull();
  });

  const now = new Date("2026-11-20T10:00:00Z");
  test.each([
    ["24h", "2026-11-19T10:00:00.000Z"],
    ["2026-11-20", "2026-11-20T00:00:00.000Z"],
    ["2026-11-20T08:00Z", "2026-11-20T08:00:00.000Z"],
    ["2026-11-20T08:00:00.5+02:00", "2026-11-20T06:00:00.500Z"],
    ["2026-11-20T08:00", "2026-11-20T08:00:00.000Z"],
    ["2026-11-20 08:00:30", "2026-11-20T08:00:30.000Z"],
    ["2026-11-20t08:00z", "2026-11-20T08:00:00.000Z"],
  ])("--since %s", (text, time) => {
    expect(timeOf(text, now)?.toISOString()).toBe(time);
  });

  test.each([
    "yesterday",
    "2026-13-40",
    "2026-02-30",
    "2026-02-30T00:00",
    "2026-11-20T25:00",
    "2026-11-20T08",
    "1",
    "2026",
    "Nov 20",
  ])("%s is no time", (text) => {
    expect(timeOf(text, now)).toBeNull();
  });
});

describe("numbers", () => {
  test.each([
    ["0.50", 500_000],
    ["$2", 2_000_000],
    [".000001", 1],
    ["0", 0],
  ])("--max-cost %s", (text, micros) => {
    expect(dollars(text)).toBe(micros);
  });

  test.each(["", "$", "-1", "1e3", "1,5", "free", "."])("%j is no amount", (text) => {
    expect(() => dollars(text)).toThrow("It must be");
  });

  test.each(["0", "-1", "1.5", "x", "", "11"])("%j is outside of 1 to 10", (text) => {
    expect(() => wholeNumber(1, 10)(text)).toThrow("It must be");
  });

  test("a version is a number or latest", () => {
    expect([versionNumber("3"), versionNumber("latest")]).toEqual([3, "latest"]);
    expect(() => versionNumber("newest")).toThrow("It must be");
  });

  test.each([
    [null, "-"],
    [0, "$0.00"],
    [1, "$0.000001"],
    [1_200, "$0.0012"],
    [10_000, "$0.01"],
    [1_234_567, "$1.23"],
  ])("cost %s", (micros, text) => {
    expect(formatCost(micros)).toBe(text);
  });

  test.each([
    [null, "-"],
    [0, "0 ms"],
    [999, "999 ms"],
    [59_940, "59.9 s"],
    [59_990, "1 m 00 s"],
    [3_600_000, "1 h 00 m"],
  ])("duration %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe("replay options", () => {
  test("without options it is an as-is replay", async () => {
    expect(await replayRequestOf({})).toEqual({});
  });

  test.each<[ReplayCommandOptions, object]>([
    [
      { prompt: "prompt_1", hash: "sha256:0" },
      { mode: "prompt", prompt: { artifactId: "prompt_1", contentHash: "sha256:0" } },
    ],
    [
      { modelId: "m", modelRef: "p:m", node: ["a"] },
      { mode: "model", model: { id: "m", ref: "p:m" }, nodeIds: ["a"] },
    ],
    [
      { from: "b", targetVersion: "latest", env: "staging" },
      { fromNodeId: "b", targetVersion: "latest", environment: "staging" },
    ],
    [
      { maxCost: 500_000, targetVersion: 3 },
      { maxCostMicros: 500_000, targetVersion: 3 },
    ],
    [{ map: ["a=b", "c="] }, { nodeMapping: { a: "b", c: null } }],
  ])("%j is a request that the contract takes", async (options, request) => {
    expect(await replayRequestOf(options)).toEqual(request);
    expect(ReplayRequest.safeParse(request).success).toBe(true);
  });

  test.each<[string, ReplayCommandOptions]>([
    ["a prompt without its hash", { prompt: "p" }],
    ["a hash without its prompt", { hash: "h" }],
    ["a model id without its ref", { modelId: "m" }],
    ["a model ref without its id", { modelRef: "p:m" }],
    ["prompt and model", { prompt: "p", hash: "h", modelId: "m", modelRef: "p:m" }],
    ["a node of no override", { node: ["a"] }],
    ["a pair without =", { map: ["a"] }],
    ["a pair without a source", { map: ["=b"] }],
    ["a source twice", { map: ["a=b", "a=c"] }],
  ])("is a usage error: %s", async (_name, options) => {
    await expect(replayRequestOf(options)).rejects.toMatchObject({ exitCode: 2 });
  });

  test("a node called __proto__ is mapped as any other", () => {
    expect(Object.entries(mappingOf(["__proto__=x"]))).toEqual([["__proto__", "x"]]);
  });
});

describe("workflow files", () => {
  test.each([
    ["hello", "hello"],
    ["Support refund", "support-refund"],
    ["  Grüße, Welt! ", "gru-e-welt"],
    ["日本", ""],
    [`${"a".repeat(63)} b`, "a".repeat(63)],
  ])("the slug of %j", (name, slug) => {
    expect(slugOf({ name })).toBe(slug);
  });

  test("YAML is read as YAML 1.2: a no is not false", () => {
    expect(readDefinition("name: no\nnodes: []", "f")).toEqual({ name: "no", nodes: [] });
  });

  test.each(["- a", "text", "a: 1\na: 2", "{", ""])("%j is no definition", (source) => {
    expect(() => readDefinition(source, "f")).toThrow(expect.objectContaining({ exitCode: 2 }) as Error);
  });
});

test.each([
  ["unauthenticated", 4],
  ["forbidden", 4],
  ["replay_quota_exceeded", 6],
  ["replay_depth_exceeded", 6],
  ["model_not_available", 6],
  ["provider_blocked", 6],
  ["workflow_paused", 6],
  ["wait_timed_out", 3],
  ["validation_failed", 2],
  ["not_found", 1],
  ["run_in_flight", 1],
  ["connection_failed", 1],
  ["constructor", 1],
])("error %s ends with exit code %i", (code, exit) => {
  expect(exitCodeFor(code)).toBe(exit);
});
