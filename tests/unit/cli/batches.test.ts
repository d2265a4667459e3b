import { describe, expect, test } from "vitest";
import { batchPreflightExitCode, batchPreflightLines } from "#/lib/cli/batch-preflight-view.ts";
import { batchExitCode, batchProgress } from "#/lib/cli/batch-view.ts";
import { isByFilter } from "#/lib/cli/run-selection.ts";
import type { Batch, BatchPreflight } from "#/lib/contract/batch.ts";
import { noEffects } from "#/lib/contract/run.ts";

const noItems = { queued: 0, submitted: 0, refused: 0, skipped: 0, aborted: 0 };
const noRuns = { pending: 0, running: 0, waiting: 0, paused: 0, completed: 0, failed: 0, cancelled: 0 };
type Known = Partial<Omit<Batch, "counts" | "runCounts">> & {
  counts?: Partial<Batch["counts"]>;
  runCounts?: Partial<Batch["runCounts"]>;
};

function batchOf({ counts, runCounts, ...known }: Known): Batch {
  return {
    ...{ id: "batch_1", name: null, total: 10, status: "running", statusReason: null, etaSeconds: 0, url: "/x" },
    ...{ author: null, createdAt: "2026-11-20T10:00:00.000Z", finishedAt: null },
    ...{ request: {}, filter: null, onRefusal: "skip", maxCostMicros: null, costMicros: 0, refusals: [] },
    ...{ effects: noEffects, pace: { limit: 15, used: 0 } },
    ...known,
    counts: { ...noItems, ...counts },
    runCounts: { ...noRuns, ...runCounts },
  };
}

test.each<[Known, string]>([
  [{ counts: { queued: 10 }, etaSeconds: 0 }, "0 of 10 submitted; the rest in seconds"],
  [
    { counts: { queued: 4, submitted: 5, refused: 1 }, runCounts: { completed: 3, failed: 2 }, etaSeconds: 120 },
    "5 of 10 submitted; 1 refused; 3 completed, 2 failed; the rest in about 2 m 00 s",
  ],
  [
    { status: "paused", statusReason: "cost_cap", counts: { queued: 9, submitted: 1 }, etaSeconds: null },
    "paused (cost_cap); 1 of 10 submitted",
  ],
  [
    { status: "completed", counts: { submitted: 10 }, runCounts: { completed: 10 } },
    "completed; 10 of 10 submitted; 10 completed",
  ],
])("progress of %j", (known, line) => {
  expect(batchProgress(batchOf(known))).toBe(line);
});

describe("a batch that is over ends with", () => {
  test.each<[number, string, Known]>([
    [0, "every run replayed", { counts: { submitted: 10 }, runCounts: { completed: 10 } }],
    [0, "replays that were deleted meanwhile", { counts: { submitted: 10 }, runCounts: { completed: 8 } }],
    [0, "no runs", { total: 0 }],
    [5, "a failed replay", { counts: { submitted: 10 }, runCounts: { completed: 9, failed: 1 } }],
    [5, "a cancelled replay", { counts: { submitted: 10 }, runCounts: { completed: 9, cancelled: 1 } }],
    [5, "a refused run", { counts: { submitted: 9, refused: 1 }, runCounts: { completed: 9 } }],
    [5, "skipped runs", { counts: { submitted: 8, refused: 1, skipped: 1 }, runCounts: { completed: 8 } }],
    [5, "an abort", { status: "aborted", counts: { submitted: 9, aborted: 1 }, runCounts: { completed: 9 } }],
  ])("%i for %s", (code, _name, known) => {
    expect(batchExitCode(batchOf({ status: "completed", ...known }))).toBe(code);
  });
});

describe("the preflight of a batch", () => {
  const ids = (count: number) => Array.from({ length: count }, (_, n) => `run_${n}`);
  const known: BatchPreflight = {
    ...{ total: 214, replayable: 137, etaSeconds: 540, calls: { live: 0, dryRun: 30 } },
    verdicts: [
      { code: "run_in_flight", level: "block", message: "It has not ended.", count: 77, runIds: ids(10) },
      { code: "payload_differs" as never, level: "warn", message: "Mind this.", count: 2, runIds: ids(2) },
    ],
    forecast: { inputTokens: null, outputTokens: null, costMicros: { low: 120_000, high: 2_000_000 } },
  };

  test("says how many of how many, why not the others with the first ids, cost, calls and time", () => {
    expect(batchPreflightLines(known)).toEqual([
      "Runs            137 of 214 can be replayed",
      "Cost            $0.12 to $2.00",
      "Mutating calls  30 dry run, none live",
      "All submitted   within about 9 m 00 s",
      "✗ 77 run_in_flight: It has not ended.",
      `  ${ids(10).join(", ")} and 67 more`,
      "! 2 payload_differs: Mind this.",
      "  run_0, run_1",
    ]);
  });

  test("an unknown cost is not zero; live calls stand out", () => {
    const lines = batchPreflightLines({
      ...known,
      ...{ forecast: { ...known.forecast, costMicros: null }, calls: { live: 3, dryRun: 0 }, etaSeconds: 0 },
    });
    expect(lines.slice(1, 4).map((line) => line.slice(16))).toEqual([
      ...["unknown", "0 dry run, 3 WILL be made", "within seconds"],
    ]);
  });

  test.each<[number, Partial<BatchPreflight>]>([
    [0, {}],
    [0, { total: 0, replayable: 0, verdicts: [] }],
    [1, { replayable: 0 }],
    [6, { replayable: 0, verdicts: [{ ...known.verdicts[0]!, code: "workflow_paused" }] }],
  ])("ends with %i for %j", (code, differs) => {
    expect(batchPreflightExitCode({ ...known, ...differs })).toBe(code);
  });
});

describe("runs are chosen", () => {
  test("by ids or by filters", () => {
    expect(isByFilter(["run_1"], { limit: 5 })).toBe(false);
    expect(isByFilter([], { status: ["failed"] })).toBe(true);
    expect(isByFilter([], { batch: "batch_1" })).toBe(true);
  });

  test.each([
    ["both", ["run_1"], { tag: ["a"] }],
    ["neither", [], {}],
    ["a limit alone", [], { limit: 5 }],
  ])("%s is a usage error", (_name, given, filters) => {
    expect(() => isByFilter(given, filters)).toThrow(expect.objectContaining({ exitCode: 2 }) as Error);
  });
});
