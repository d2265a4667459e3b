import { describe, expect, test } from "vitest";
import { capFault, emptyBatchDraft, inCommon, toBatchRequest, usedBy } from "#/components/batches/batch-draft.ts";
import { etaWords } from "#/components/batches/batch-words.ts";
import { progressOf } from "#/components/batches/progress-bar.tsx";
import type { SelectedRun } from "#/components/runs/run-selection.ts";

function run(slug: string, version: number | null, more: Partial<SelectedRun> = {}): SelectedRun {
  const base = {
    id: "run_1",
    status: "failed",
    createdAt: "2026-11-21T10:00:00.000Z",
    prompts: [],
    models: [],
  } as const;
  return { ...base, prompts: [], models: [], workflow: { id: slug, slug }, version, ...more };
}

describe("what chosen runs have in common", () => {
  test.each<[string, Parameters<typeof inCommon>, ReturnType<typeof inCommon>]>([
    ["one workflow and version", [{}, [run("a", 1), run("a", 1)]], { workflow: "a", version: 1 }],
    ["one workflow", [{}, [run("a", 1), run("a", 2)]], { workflow: "a", version: null }],
    ["nothing", [{}, [run("a", 1), run("b", 1)]], { workflow: null, version: null }],
    ["of a filter, what it names", [{ filter: { workflow: ["a"], version: 2 } }, []], { workflow: "a", version: 2 }],
    ["no version", [{ filter: { workflow: ["a"] } }, [run("a", 1)]], { workflow: "a", version: null }],
    [
      "of several workflows nothing",
      [{ filter: { workflow: ["a", "b"], version: 1 } }, []],
      { workflow: null, version: null },
    ],
    [
      "of a filter without workflow nothing, whatever is in sight",
      [{ filter: { status: ["failed"] } }, [run("a", 1)]],
      { workflow: null, version: null },
    ],
  ])("%s", (_, given, expected) => expect(inCommon(...given)).toEqual(expected));

  test("their prompts and models, each once", () => {
    const prompt = { artifactId: "prompt_1", contentHash: "sha256:1" };
    const other = { artifactId: "prompt_1", contentHash: "sha256:2" };
    const runs = [
      run("a", 1, { prompts: [prompt], models: ["m:1"] }),
      run("a", 1, { prompts: [prompt, other], models: ["m:1", "m:2"] }),
    ];
    expect(usedBy(runs)).toEqual({ prompts: [prompt, other], models: ["m:1", "m:2"] });
  });
});

test("the request of a batch", () => {
  const named = { runIds: ["run_1"] };
  const request = { mode: "as_is" } as const;
  expect(toBatchRequest(named, request, emptyBatchDraft)).toEqual({ ...named, request, onRefusal: "skip" });
  const draft = { name: " nightly ", maxCost: "$1.5", onRefusal: "stop" } as const;
  const expected = { ...named, request, onRefusal: "stop", name: "nightly", maxCostMicros: 1_500_000 };
  expect(toBatchRequest(named, request, draft)).toEqual(expected);
  expect([capFault(""), capFault("0.5"), capFault("a lot")]).toEqual([undefined, undefined, expect.any(String)]);
});

test.each([
  [0, "within a minute"],
  [60, "in about 1 min"],
  [840, "in about 14 min"],
  [3600, "in about 1 h"],
  [3900, "in about 1 h 5 min"],
])("%i s until the last replay: %s", (seconds, words) => expect(etaWords(seconds)).toBe(words));

test("progress counts what has ended and what will not be", () => {
  const none = { queued: 0, submitted: 0, refused: 0, skipped: 0, aborted: 0 };
  const runs = { pending: 0, running: 0, waiting: 0, paused: 0, completed: 0, failed: 0, cancelled: 0 };
  const progress = progressOf({
    total: 20,
    counts: { ...none, queued: 5, submitted: 11, refused: 3, aborted: 1 },
    runCounts: { ...runs, running: 1, pending: 1, completed: 6, failed: 2 },
  });
  expect(progress).toMatchObject({ done: 13, total: 20 });
  expect(progress.parts.map(({ label, count }) => `${count} ${label}`)).toEqual([
    ...["6 completed", "2 failed", "1 deleted", "2 in progress", "3 refused", "1 aborted"],
  ]);
});
