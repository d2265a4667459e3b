import { describe, expect, test } from "vitest";
import { dollarsToMicros } from "#/components/replay/money-text.ts";
import { filterModels } from "#/components/replay/model-picker.tsx";
import { payloadErrors, unmappedCount } from "#/components/replay/preflight-words.ts";
import {
  changeDraft,
  draftFaults,
  emptyDraft,
  optionWords,
  plainRequest,
  toReplayRequest,
  type ReplayDraft,
} from "#/components/replay/replay-draft.ts";
import { targetNumber } from "#/components/replay/use-target.ts";
import { overrideCandidates, startNodes, versionNodes } from "#/components/replay/version-nodes.ts";
import type { ModelView } from "#/lib/contract/model.ts";
import { ReplayRequest, type Preflight } from "#/lib/contract/replay.ts";

const hash = `sha256:${"a".repeat(64)}`;
const prompt = { mode: "prompt", artifactId: "prompt_1", contentHash: hash } as const;

describe("dollars in micro-dollars", () => {
  test.each([
    ["0.5", 500_000],
    ["$1.20", 1_200_000],
    [" $ 3 ", 3_000_000],
    [".000001", 1],
    ["0.1", 100_000],
    ["4503599627.370497", 4_503_599_627_370_497],
    ["0", 0],
  ])("%s", (text, micros) => expect(dollarsToMicros(text)).toBe(micros));

  test.each(["", "$", ".", "-1", "1e3", "1,5", "0.0000001", "999999999999", "abc", "1 2"])("refuses %s", (text) =>
    expect(dollarsToMicros(text)).toBeNull(),
  );
});

describe("options of a draft", () => {
  test.each<[string, Partial<ReplayDraft>, unknown]>([
    ["nothing chosen sends nothing", {}, { request: { mode: "as_is" } }],
    ["a version", { targetVersion: 3 }, { request: { mode: "as_is", targetVersion: 3 } }],
    ["the latest", { targetVersion: "latest" }, { request: { mode: "as_is", targetVersion: "latest" } }],
    ["a step", { fromNodeId: "decide" }, { request: { mode: "as_is", fromNodeId: "decide" } }],
    ["an environment", { environment: "staging" }, { request: { mode: "as_is", environment: "staging" } }],
    ["a limit", { maxCost: "0.25" }, { request: { mode: "as_is", maxCostMicros: 250_000 } }],
    ["a limit of nothing", { maxCost: "0" }, { request: { mode: "as_is", maxCostMicros: 0 } }],
    ["a payload travels as its text", { payloadText: "[1]" }, { request: { mode: "as_is" }, payloadText: "[1]" }],
    ["nodes only with an override", { nodeIds: ["a"] }, { request: { mode: "as_is" } }],
    [
      "nodes with an override",
      { ...prompt, nodeIds: ["a"] },
      { request: { mode: "prompt", prompt: { artifactId: "prompt_1", contentHash: hash }, nodeIds: ["a"] } },
    ],
  ])("%s", (_name, change, expected) => {
    const sent = toReplayRequest({ ...emptyDraft, ...change });
    expect(sent).toEqual(expected);
    expect(ReplayRequest.safeParse(sent?.request).success).toBe(true);
  });

  test.each<[string, Partial<ReplayDraft>, string]>([
    ["text that is no JSON", { payloadText: "{" }, "payload"],
    ["an empty payload", { payloadText: "" }, "payload"],
    ["a payload too large for an action", { payloadText: `"${"x".repeat(900_000)}"` }, "payload"],
    ["an amount that is none", { maxCost: "much" }, "maxCost"],
    ["no node at all", { ...prompt, nodeIds: [] }, "nodeIds"],
  ])("%s cannot be sent, and the plain replay is still checked", (_name, change, field) => {
    const draft = { ...emptyDraft, ...change };
    expect(Object.keys(draftFaults(draft))).toEqual([field]);
    expect(toReplayRequest(draft)).toBeNull();
    expect(plainRequest(draft)).toEqual({ request: { mode: "as_is" } });
  });

  test("what a change makes meaningless goes with it, and nothing else", () => {
    const draft: ReplayDraft = { ...emptyDraft, ...prompt, nodeIds: ["a"], fromNodeId: "b", maxCost: "1" };
    expect(changeDraft(draft, { targetVersion: 2 })).toEqual({
      ...draft,
      targetVersion: 2,
      nodeIds: null,
      fromNodeId: "",
    });
    expect(changeDraft(draft, { artifactId: "prompt_2" })).toEqual({ ...draft, artifactId: "prompt_2", nodeIds: null });
    expect(changeDraft(draft, { mode: "model" })).toEqual({ ...draft, mode: "model", nodeIds: null });
    expect(changeDraft(draft, { contentHash: "x" })).toEqual({ ...draft, contentHash: "x" });
    expect(changeDraft(draft, { maxCost: "2" })).toEqual({ ...draft, maxCost: "2" });
  });

  test("the closed area says what it holds", () => {
    expect(optionWords(emptyDraft)).toEqual([]);
    expect(
      optionWords({ ...emptyDraft, fromNodeId: "b", payloadText: "1", environment: "staging", maxCost: "$1" }),
    ).toEqual(["from b", "other payload", "staging", "at most $1"]);
  });
});

describe("target version", () => {
  const version = (number: number) => ({ id: "", version: number, contentHash: "", createdAt: "", createdBy: null });
  test.each([
    ["original", 2, 2],
    ["latest", 2, 4],
    [3, 2, 3],
  ] as const)("%s", (choice, original, expected) => {
    expect(targetNumber(choice, original, [version(4), version(3), version(2)])).toBe(expected);
  });
  test("is unknown until the versions are", () => expect(targetNumber("latest", 2, null)).toBeNull());
});

describe("nodes of a version", () => {
  const model = (id: string, artifact: string) => ({
    id,
    type: "model",
    model: "p:m",
    prompt: { artifact, hash },
  });
  const nodes = versionNodes({
    name: "w",
    nodes: [
      model("a", "prompt_1"),
      { id: "each", type: "map", over: [], as: "x", nodes: [model("inner", "prompt_1")] },
      { id: "b", type: "agent", model: "p:m", prompt: { text: "hi" }, tools: [], maxTurns: 8 },
      { id: "t", type: "transform", value: 1 },
    ],
  });

  test("a replay starts from a node of the top level", () => {
    expect(startNodes(nodes).map(({ id }) => id)).toEqual(["a", "each", "b", "t"]);
  });
  test("an override concerns what uses the artifact, or calls a model, inside of maps too", () => {
    expect(overrideCandidates(nodes, "prompt", "prompt_1").map(({ id }) => id)).toEqual(["a", "inner"]);
    expect(overrideCandidates(nodes, "prompt", "")).toEqual([]);
    expect(overrideCandidates(nodes, "model", "").map(({ id }) => id)).toEqual(["a", "inner", "b"]);
    expect(overrideCandidates(nodes, "as_is", "prompt_1")).toEqual([]);
  });
});

describe("preflight", () => {
  const preflight = (change: Partial<Preflight>) => change as Preflight;
  test("counts the nodes that still need a mapping, not all that were renamed", () => {
    const node = (id: string, action: "execute" | "unmapped") => ({ id, action });
    const plan = { nodes: [node("a", "execute"), node("b", "unmapped"), node("c", "unmapped")] } as Preflight["plan"];
    expect(unmappedCount(preflight({ plan }))).toBe(2);
    expect(unmappedCount(null)).toBe(0);
  });
  test("gives the payload's errors only when it does not fit", () => {
    const errors = [{ path: "body.payload.a", message: "required" }];
    const verdict = (level: "pass" | "block") =>
      preflight({ verdicts: [{ code: "payload_invalid", level, message: "", details: { errors } }] });
    expect(payloadErrors(verdict("block"))).toEqual([{ path: "payload.a", message: "required" }]);
    expect(payloadErrors(verdict("pass"))).toEqual([]);
    expect(payloadErrors(null)).toEqual([]);
  });
});

test("models that may be called come first, found by name or ref", () => {
  const model = (name: string, allowed: boolean) => ({ name, ref: `p:${name}`, allowed }) as ModelView;
  const models = [model("Alpha", false), model("Beta", true), model("Gamma", true)];
  expect(filterModels(models, "").map(({ name }) => name)).toEqual(["Beta", "Gamma", "Alpha"]);
  expect(filterModels(models, "P:AL").map(({ name }) => name)).toEqual(["Alpha"]);
});
