import { describe, expect, test } from "vitest";
import {
  callsModel,
  effectiveModelRef,
  effectivePrompt,
  mappedNodeId,
  noOverrides,
  type RunOverrides,
} from "#/lib/runs/overrides.ts";
import type { NodeDefinition } from "#/lib/workflows/definition.ts";
import { gpt, haiku, hashOf, httpNode, modelNode, transformNode } from "../replay/replay-facts.ts";

type ModelNode = Parameters<typeof effectiveModelRef>[0];
const node = (id: string, change = {}) => modelNode(id, change) as unknown as ModelNode;
const overrides = (change: Partial<RunOverrides>): RunOverrides => ({ ...noOverrides, ...change });
const newPrompt = { artifactId: "prompt_a", contentHash: hashOf("2") };

describe("what a replay changes", () => {
  test.each<[string, ModelNode, Partial<RunOverrides>, string]>([
    ["nothing", node("a"), {}, haiku],
    ["the model of every node", node("a"), { model: { ref: gpt } }, gpt],
    ["of an agent too", node("a", { type: "agent" }), { model: { ref: gpt } }, gpt],
    ["of a named node", node("a"), { model: { ref: gpt }, nodeIds: ["a"] }, gpt],
    ["not of another one", node("a"), { model: { ref: gpt }, nodeIds: ["b"] }, haiku],
    ["named nodes without a model override", node("a"), { nodeIds: ["a"] }, haiku],
  ])("model: %s", (_what, target, change, ref) => {
    expect(effectiveModelRef(target, overrides(change))).toBe(ref);
  });

  test.each<[string, ModelNode, Partial<RunOverrides>, string | null]>([
    ["nothing", node("a"), {}, hashOf("1")],
    ["the revision of the artifact that the node uses", node("a"), { prompt: newPrompt }, hashOf("2")],
    ["another artifact", node("a"), { prompt: { ...newPrompt, artifactId: "prompt_b" } }, hashOf("1")],
    ["a named node", node("a"), { prompt: newPrompt, nodeIds: ["a"] }, hashOf("2")],
    ["not another one", node("a"), { prompt: newPrompt, nodeIds: ["b"] }, hashOf("1")],
    ["a text in the definition", node("a", { prompt: { text: "Hello" } }), { prompt: newPrompt }, null],
  ])("prompt: %s", (_what, target, change, hash) => {
    expect(effectivePrompt(target, overrides(change))?.hash ?? null).toBe(hash);
  });

  test.each<[string, Record<string, string | null>, string, string | null]>([
    ["not named", {}, "a", "a"],
    ["renamed", { a: "b" }, "a", "b"],
    ["gone", { a: null }, "a", null],
    ["a name that every object has", {}, "constructor", "constructor"],
  ])("node: %s", (_what, nodeMapping, from, to) => {
    expect(mappedNodeId(from, overrides({ nodeMapping }))).toBe(to);
  });

  test.each([
    [modelNode("a"), true],
    [modelNode("a", { type: "agent" }), true],
    [httpNode("a"), false],
    [transformNode("a"), false],
  ])("%j calls a model: %s", (definition, expected) => {
    expect(callsModel(definition as unknown as NodeDefinition)).toBe(expected);
  });
});
