import { expect, test } from "vitest";
import { presetAddress, presetOf, type ReplayPreset, replayParameters } from "#/components/replay/replay-address.ts";
import { readViewerState, writeViewerState } from "#/components/trace/url-state.ts";

const searchOf = (address: string) => new URLSearchParams(address.split("?")[1]);

test.each<[string, ReplayPreset]>([
  ["nothing chosen", {}],
  ["a version and a step", { targetVersion: 4, fromNodeId: "each[2].score" }],
  [
    "a revision for one node",
    { mode: "prompt", artifactId: "prompt_1", contentHash: "sha256:ab", nodeIds: ["a", "b"] },
  ],
])("the dialog opens on what the address says: %s", (_name, preset) => {
  expect(presetOf(searchOf(presetAddress("/acme/ai/runs/run_1", preset)))).toEqual(preset);
});

test("an address that does not ask for the dialog, or asks oddly, chooses nothing", () => {
  expect(presetOf(new URLSearchParams("replayVersion=4"))).toBeNull();
  expect(presetOf(new URLSearchParams("replay=1&replayVersion=-1&replayPrompt=p&replayFrom="))).toEqual({});
});

test("what opened the dialog leaves the address with the first change of the page", () => {
  const search = searchOf(presetAddress("/x", { targetVersion: 4, fromNodeId: "a" }));
  const after = new URLSearchParams(writeViewerState(search.toString(), readViewerState(search)));
  expect(replayParameters.filter((name) => after.has(name))).toEqual([]);
});
