import { describe, expect, test } from "vitest";
import { matchesChord } from "#/components/ui/use-shortcuts.ts";

function press(key: string, held: { ctrl?: true; meta?: true; alt?: true; shift?: true } = {}) {
  return { key, ctrlKey: !!held.ctrl, metaKey: !!held.meta, altKey: !!held.alt, shiftKey: !!held.shift };
}

describe("a chord matches the key press it names, and no other", () => {
  test.each([
    ["r", press("r"), true],
    ["r", press("R", { shift: true }), false],
    ["shift+e", press("E", { shift: true }), true],
    ["shift+e", press("e"), false],
    ["r", press("r", { ctrl: true }), false],
    ["r", press("r", { meta: true }), false],
    ["r", press("r", { alt: true }), false],
    ["mod+enter", press("Enter", { ctrl: true }), true],
    ["mod+enter", press("Enter", { meta: true }), true],
    ["mod+enter", press("Enter"), false],
    ["?", press("?", { shift: true }), true],
    ["?", press("?"), true],
    ["/", press("/", { shift: true }), true],
    ["[", press("["), true],
    ["arrowdown", press("ArrowDown"), true],
    ["arrowdown", press("ArrowDown", { shift: true }), false],
    ["escape", press("Escape"), true],
    ["j", press("k"), false],
  ])("%s", (chord, event, expected) => {
    expect(matchesChord(chord, event)).toBe(expected);
  });
});
