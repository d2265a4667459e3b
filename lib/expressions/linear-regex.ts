import { celEnv, isCelError, parse, plan } from "@bufbuild/cel";
import { automatonSize } from "./automaton-size.ts";
import { type Budget, CelFault } from "./cel-fault.ts";

/** Longest pattern accepted, in characters. */
const maxPatternLength = 512;

// RE2 runs in time linear in the text; the CEL library includes it and exposes it as `matches`.
const matches = plan(celEnv(), parse("text.matches(pattern)"));

/** RE2 writes a code point as \x{…}; ECMAScript (so JSON Schema) as \uXXXX or \u{…}. */
function toRe2(pattern: string): string {
  return pattern.replace(
    /\\u(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{4}))|\\[\s\S]/g,
    (escape, braced?: string, four?: string) =>
      braced === undefined && four === undefined ? escape : `\\x{${braced ?? four}}`,
  );
}

/**
 * True when some part of the text matches the RE2 pattern. Throws CelFault for a pattern that RE2 does not support
 * (look-around and back-references cannot be matched in linear time).
 */
export function linearTest(pattern: string, text: string): boolean {
  if (pattern.length > maxPatternLength)
    throw new CelFault(`the pattern is longer than ${maxPatternLength} characters`);
  const result = matches({ text, pattern: toRe2(pattern) });
  if (isCelError(result)) throw new CelFault(patternFault(result.message));
  return result === true;
}

/** Throws CelFault when the pattern cannot be used. */
export function checkPattern(pattern: string): void {
  linearTest(pattern, "");
}

/** `matches` of expressions: charged by the size of the automaton and of the text. */
export function linearMatch(pattern: string, text: string, budget: Budget): boolean {
  budget.charge(patternCost(pattern, text.length));
  return linearTest(pattern, text);
}

/**
 * Steps (some 0.1 to 0.2 µs each) that compiling a pattern and matching a text of this length take at worst. At each
 * character many states of a large automaton may be active, but few of a small one. Pure.
 */
export function patternCost(pattern: string, length: number): number {
  const size = automatonSize(pattern);
  const alive = Math.min(size, (size * size) / 32);
  return 100 + Math.ceil(size * 10 + length * (0.5 + alive));
}

function patternFault(message: string): string {
  if (/`\(\?[=!<]|invalid escape sequence: `\\[1-9k]/.test(message))
    return "the pattern uses look-around or back-references, which are not supported";
  return `the pattern is not valid: ${message.replace(/^error parsing regexp: /, "")}`;
}
