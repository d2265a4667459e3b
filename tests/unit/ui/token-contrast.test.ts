import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync(new URL("../../../app/globals.css", import.meta.url), "utf8");

function tokensOf(selector: string): Record<string, string> {
  const block = new RegExp(`^${selector} \\{([^}]*)\\}`, "m").exec(css)?.[1] ?? "";
  return Object.fromEntries(
    [...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
  );
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio of WCAG 2.2. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ["canvas", "surface", "raised", "hover", "selected"];
const themes = { light: tokensOf(":root"), dark: tokensOf("\\.dark") };

describe.each(Object.entries(themes))("%s theme", (_name, tokens) => {
  const ratio = (text: string, ground: string) => contrast(tokens[text] ?? "", tokens[ground] ?? "");
  const meanings = Object.keys(tokens)
    .filter((name) => name.endsWith("-soft"))
    .map((name) => name.slice(0, -5));

  test("names every status and verdict with a soft ground", () => {
    expect(meanings).toHaveLength(4 + 7 + 5);
  });

  const unreadable = (text: string, on: string[], least = 4.5) => on.filter((ground) => ratio(text, ground) < least);

  test("text is readable on every ground", () => {
    const softGrounds = meanings.map((name) => `${name}-soft`);
    expect(unreadable("ink", [...grounds, ...softGrounds])).toEqual([]);
    expect(unreadable("ink-muted", [...grounds, ...softGrounds])).toEqual([]);
    expect(unreadable("ink-subtle", grounds)).toEqual([]);
  });

  test.each(meanings)("%s is readable on its soft ground and on every plain one", (name) => {
    expect(unreadable(name, [`${name}-soft`, ...grounds])).toEqual([]);
  });

  test.each([
    ["accent-ink", "accent"],
    ["accent-ink", "accent-hover"],
    ["danger-ink", "danger"],
    ["danger-ink", "danger-hover"],
  ])("%s is readable on %s", (text, ground) => {
    expect(ratio(text, ground)).toBeGreaterThanOrEqual(4.5);
  });

  test("form controls and focus rings stand out from every ground (3:1)", () => {
    expect(unreadable("field-line", grounds.slice(0, 4), 3)).toEqual([]);
    expect(unreadable("focus", grounds, 3)).toEqual([]);
  });
});

test("both themes have the same names", () => {
  expect(Object.keys(themes.dark)).toEqual(Object.keys(themes.light));
});
