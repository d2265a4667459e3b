/** What a key press says, as KeyboardEvent tells it. `isAltGraph`: the third level of the layout is held. */
export type Press = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey"> & {
  code?: string;
  isAltGraph?: boolean;
};

export function pressOf(event: KeyboardEvent): Press {
  const { key, code, ctrlKey, metaKey, altKey, shiftKey } = event;
  return { key, code, ctrlKey, metaKey, altKey, shiftKey, isAltGraph: event.getModifierState("AltGraph") };
}

/** The key press goes to an input method. Browsers that do not set `isComposing` send its code 229. */
export function isComposing(event: Pick<KeyboardEvent, "isComposing" | "keyCode" | "key">): boolean {
  return event.isComposing || event.keyCode === 229 || event.key === "Process";
}

/**
 * Does the chord (`r`, `mod+enter`, `shift+e`, `?`) describe this key press? What the key types counts, wherever the layout
 * has it; where it types no Latin letter (Cyrillic, Greek, Hebrew, Arabic, …) the key's position does. Shift
 * counts only where the chord names it or the key is a letter; AltGr is part of the character that it makes. Pure.
 */
export function matchesChord(chord: string, press: Press): boolean {
  const parts = chord.toLowerCase().split("+");
  const key = parts.at(-1) || "+";
  const pressed = pressedKey(press);
  if (pressed !== key) return false;
  const isThirdLevel = makesCharacter(press);
  const hasMod = press.metaKey || (press.ctrlKey && !isThirdLevel);
  if (hasMod !== parts.includes("mod")) return false;
  if ((press.altKey && !isThirdLevel) !== parts.includes("alt")) return false;
  return parts.includes("shift") ? press.shiftKey : !(press.shiftKey && /^[a-z]+$/.test(pressed));
}

function pressedKey(press: Press): string {
  const isForeign = /[^\0-\x7f]/.test(press.key) && !/\p{Script=Latin}/u.test(press.key);
  const physical = isForeign && !makesCharacter(press) ? characterAt(press.code ?? "", press.shiftKey) : undefined;
  return physical ?? press.key.toLowerCase();
}

/**
 * AltGr (Ctrl + Alt for some browsers, Option on a Mac) that made a character does not count as a held modifier. Alt
 * that changed nothing about the key does.
 */
function makesCharacter({ key, code = "", ctrlKey, altKey, shiftKey, isAltGraph = false }: Press): boolean {
  if (key.length !== 1) return false;
  if (isAltGraph) return true;
  const isSymbol = /[!-/:-@[-`{-~]/.test(key);
  return altKey && isSymbol && code !== "" && (ctrlKey || characterAt(code, shiftKey) !== key);
}

/** What a key types on a US keyboard, by its place. */
function characterAt(code: string, isShifted: boolean): string | undefined {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter) return letter.toLowerCase();
  return (places[code] ?? "")[isShifted ? 1 : 0];
}

const places: Record<string, string> = {
  ...Object.fromEntries(
    [..."1!2@3#4$5%6^7&8*9(0)".matchAll(/(.)(.)/g)].map(([both, digit]) => [`Digit${digit}`, both]),
  ),
  Backquote: "`~",
  Minus: "-_",
  Equal: "=+",
  BracketLeft: "[{",
  BracketRight: "]}",
  Backslash: "\\|",
  Semicolon: ";:",
  Quote: "'\"",
  Comma: ",<",
  Period: ".>",
  Slash: "/?",
};
