import { describe, expect, test } from "vitest";
import { isComposing, matchesChord, type Press } from "#/components/ui/chord.ts";

type Held = { ctrl?: true; meta?: true; alt?: true; shift?: true; altGraph?: true };

function press(key: string, held: Held = {}, code?: string): Press {
  return {
    ...{ key, code, ctrlKey: !!held.ctrl, metaKey: !!held.meta, altKey: !!held.alt, shiftKey: !!held.shift },
    isAltGraph: !!held.altGraph,
  };
}

describe("a chord matches the key press it names, and no other", () => {
  test.each([
    ["r", press("r"), true],
    ["r", press("R"), true],
    ["r", press("R", { shift: true }), false],
    ["shift+e", press("E", { shift: true }), true],
    ["shift+e", press("e"), false],
    ["r", press("r", { ctrl: true }), false],
    ["r", press("r", { meta: true }), false],
    ["r", press("r", { alt: true }, "KeyR"), false],
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

describe("where the layout has no Latin letters, the place of the key counts", () => {
  test.each([
    ["Russian", "r", press("к", {}, "KeyR"), true],
    ["Russian, Caps Lock", "r", press("К", {}, "KeyR"), true],
    ["Russian", "j", press("о", {}, "KeyJ"), true],
    ["Russian", "shift+n", press("Т", { shift: true }, "KeyN"), true],
    ["Russian, without Shift", "shift+n", press("т", {}, "KeyN"), false],
    ["Russian, with Shift", "n", press("Т", { shift: true }, "KeyN"), false],
    ["Russian", "[", press("х", {}, "BracketLeft"), true],
    ["Russian", "]", press("ъ", {}, "BracketRight"), true],
    ["Russian, typed at its own place", "/", press("/", { shift: true }, "Backslash"), true],
    ["Russian, typed at its own place", "?", press("?", { shift: true }, "Digit7"), true],
    ["Russian with Ctrl", "mod+k", press("л", { ctrl: true }, "KeyK"), true],
    ["Russian with Ctrl", "r", press("к", { ctrl: true }, "KeyR"), false],
    ["Russian with Alt", "r", press("к", { alt: true }, "KeyR"), false],
    ["Ukrainian", "e", press("у", {}, "KeyE"), true],
    ["Greek", "r", press("ρ", {}, "KeyR"), true],
    ["Greek", "c", press("ψ", {}, "KeyC"), true],
    ["Greek, the key of another letter", "c", press("χ", {}, "KeyX"), false],
    ["Hebrew", "r", press("ר", {}, "KeyR"), true],
    ["Hebrew", "n", press("מ", {}, "KeyN"), true],
    ["Arabic", "r", press("ق", {}, "KeyR"), true],
    ["Arabic, two characters on one key", "b", press("لا", {}, "KeyB"), true],
    ["Arabic", "?", press("؟", { shift: true }, "Slash"), true],
    ["Arabic digits", "1", press("١", {}, "Digit1"), true],
    ["Georgian", "r", press("რ", {}, "KeyR"), true],
    ["Thai", "h", press("้", {}, "KeyH"), true],
    ["a keyboard without places", "r", press("к"), false],
  ])("%s: %s", (_, chord, event, expected) => {
    expect(matchesChord(chord, event)).toBe(expected);
  });
});

describe("on a Latin layout, what the key types counts", () => {
  test.each([
    ["French: A is where Q is", "a", press("a", {}, "KeyQ"), true],
    ["French: A is where Q is", "q", press("a", {}, "KeyQ"), false],
    ["German: Z is where Y is", "y", press("z", {}, "KeyY"), false],
    ["German: Ü is where [ is", "[", press("ü", {}, "BracketLeft"), false],
    ["German: ß is where - is", "-", press("ß", {}, "Minus"), false],
    ["Spanish: Ñ is where ; is", ";", press("ñ", {}, "Semicolon"), false],
    ["Turkish: dotless I", "i", press("ı", {}, "KeyI"), false],
    ["Dvorak: R is where O is", "r", press("r", {}, "KeyO"), true],
    ["Dvorak: / is where [ is", "/", press("/", {}, "BracketLeft"), true],
    ["Dvorak: / is where [ is", "[", press("/", {}, "BracketLeft"), false],
    ["German: / is on 7", "/", press("/", { shift: true }, "Digit7"), true],
    ["German: a dead key", "]", press("Dead", {}, "BracketRight"), false],
  ])("%s: %s", (_, chord, event, expected) => {
    expect(matchesChord(chord, event)).toBe(expected);
  });
});

describe("a character made by AltGr is that character", () => {
  test.each([
    ["German", "]", press("]", { altGraph: true }, "Digit9"), true],
    ["German", "[", press("[", { altGraph: true }, "Digit8"), true],
    ["German, told as Ctrl + Alt", "]", press("]", { ctrl: true, alt: true }, "Digit9"), true],
    ["German, told as both", "]", press("]", { ctrl: true, alt: true, altGraph: true }, "Digit9"), true],
    ["German Mac: Option + 6", "]", press("]", { alt: true }, "Digit6"), true],
    ["French", "[", press("[", { altGraph: true }, "Digit5"), true],
    ["Spanish", "]", press("]", { altGraph: true }, "BracketRight"), true],
    ["it is not the chord with Ctrl", "mod+]", press("]", { ctrl: true, alt: true }, "Digit9"), false],
    ["it is not the chord with Alt", "alt+]", press("]", { altGraph: true }, "Digit9"), false],
    ["nor its place", "r", press("¶", { altGraph: true }, "KeyR"), false],
    ["Polish letters are letters of their own", "e", press("ę", { altGraph: true }, "KeyE"), false],
    ["US: Alt made nothing", "]", press("]", { alt: true }, "BracketRight"), false],
    ["US Mac: Option + R", "r", press("®", { alt: true }, "KeyR"), false],
    ["US: Ctrl + Alt + R", "r", press("r", { ctrl: true, alt: true }, "KeyR"), false],
    ["Enter with AltGr", "enter", press("Enter", { altGraph: true }, "Enter"), true],
  ])("%s: %s", (_, chord, event, expected) => {
    expect(matchesChord(chord, event)).toBe(expected);
  });
});

test.each([
  [{ isComposing: true, keyCode: 74, key: "j" }, true],
  [{ isComposing: false, keyCode: 229, key: "j" }, true],
  [{ isComposing: false, keyCode: 229, key: "Process" }, true],
  [{ isComposing: false, keyCode: 0, key: "Process" }, true],
  [{ isComposing: false, keyCode: 74, key: "j" }, false],
])("an input method has the key: %o", (event, expected) => {
  expect(isComposing(event)).toBe(expected);
});
