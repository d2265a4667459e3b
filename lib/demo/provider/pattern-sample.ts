import type { Random } from "./random.ts";

/**
 * A string that the pattern matches, for the patterns that schemas use (classes, groups, alternatives, quantifiers);
 * null when the pattern says something else (look-around, back references).
 */
export function patternSample(pattern: string, random: Random): string | null {
  try {
    const matcher = new RegExp(pattern, "u");
    const sample = new Reader(pattern, random).alternatives();
    return matcher.test(sample) ? sample : null;
  } catch {
    return null;
  }
}

const word = "abcdefghijklmnopqrstuvwxyz";
const escapes: Record<string, string> = { d: "0123456789", w: word, s: " ", t: "\t", n: "\n" };

class Reader {
  #at = 0;
  readonly #pattern: string;
  readonly #random: Random;

  constructor(pattern: string, random: Random) {
    this.#pattern = pattern;
    this.#random = random;
  }

  alternatives(): string {
    const options = [this.#sequence()];
    while (this.#peek() === "|") {
      this.#at += 1;
      options.push(this.#sequence());
    }
    return this.#random.pick(options);
  }

  #peek(): string | undefined {
    return this.#pattern[this.#at];
  }

  #sequence(): string {
    let out = "";
    while (this.#peek() !== undefined && this.#peek() !== "|" && this.#peek() !== ")") {
      const start = this.#at;
      const first = this.#atom();
      const end = this.#at;
      const count = this.#count();
      const after = this.#at;
      out += count === 0 ? "" : first;
      for (let n = 1; n < count; n += 1) {
        this.#at = start;
        out += this.#atom();
        this.#at = end;
      }
      this.#at = after;
    }
    return out;
  }

  #atom(): string {
    const char = this.#pattern[this.#at++];
    if (char === "^" || char === "$") return "";
    if (char === ".") return this.#random.pick([...word]);
    if (char === "[") return this.#random.pick(this.#charClass());
    if (char === "\\") return this.#random.pick([...this.#escape()]);
    if (char !== "(") return char ?? "";
    if (this.#pattern.startsWith("?:", this.#at)) this.#at += 2;
    else if (this.#peek() === "?") throw new Error("not a plain group");
    const inner = this.alternatives();
    this.#at += 1;
    return inner;
  }

  #escape(): string {
    const char = this.#pattern[this.#at++] ?? "";
    return escapes[char] ?? char;
  }

  #charClass(): string[] {
    const chars: string[] = [];
    const isNegated = this.#peek() === "^";
    if (isNegated) this.#at += 1;
    while (this.#peek() !== undefined && this.#peek() !== "]") {
      const from = this.#pattern[this.#at++] ?? "";
      if (from === "\\") chars.push(...this.#escape());
      else if (this.#peek() === "-" && this.#pattern[this.#at + 1] !== "]") {
        this.#at += 1;
        const to = this.#pattern[this.#at++] ?? from;
        for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code += 1) chars.push(String.fromCharCode(code));
      } else chars.push(from);
    }
    this.#at += 1;
    return isNegated ? [..."xyz0 -"].filter((char) => !chars.includes(char)) : chars;
  }

  #count(): number {
    const match = /^(?:([*+?])|\{(\d+)(?:,(\d*))?\})\??/.exec(this.#pattern.slice(this.#at));
    if (!match) return 1;
    this.#at += match[0].length;
    if (match[1]) return match[1] === "?" ? 0 : this.#random.int(1, 4);
    const low = Number(match[2]);
    return match[3] ? this.#random.int(low, Math.min(Number(match[3]), low + 3)) : low;
  }
}
