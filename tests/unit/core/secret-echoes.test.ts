import { describe, expect, test } from "vitest";
import { holdsSecret, redactMessage, redactText } from "#/lib/core/redact-text.ts";
import { folded } from "#/lib/core/text-view.ts";
import { processorMs } from "#/tests/support/processor-time.ts";

const secret = `pa$$<w>"o'r&d/+Zürich`;
const html = (text: string, quote = "&quot;", apostrophe = "&#39;") =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', quote)
    .replaceAll("'", apostrophe);
const base64 = (text: string) => Buffer.from(text).toString("base64");
const numeric = (text: string, hex: boolean) =>
  text.replace(/[^\w]/gu, (c) => (hex ? `&#x${c.codePointAt(0)?.toString(16)};` : `&#${c.codePointAt(0)};`));

const names: Record<string, string> = {
  $: "dollar",
  "<": "lt",
  ">": "gt",
  '"': "quot",
  "'": "apos",
  "&": "amp",
  "/": "sol",
};
const byName = (text: string) =>
  text.replace(/[^\w]/g, (c) => (c === "+" ? "&plus;" : names[c] === undefined ? c : `&${names[c]};`));

describe("what a server echoes of a secret is found", () => {
  test.each<[string, string]>([
    ["in HTML", html(secret)],
    ["in HTML with other entities", html(secret, "&#34;", "&apos;")],
    ["in HTML with hexadecimal entities", html(secret, "&#x22;", "&#X27;")],
    ["in HTML in HTML", html(html(secret))],
    ["in HTML in HTML in HTML", html(html(html(secret)))],
    ["with every sign as a number", numeric(secret, false)],
    ["with every sign as a hexadecimal number", numeric(secret, true)],
    ["in HTML in JSON", JSON.stringify(html(secret))],
    ["in JSON in HTML", html(JSON.stringify(secret))],
    ["in a URL in HTML", html(encodeURIComponent(secret))],
    ["in base64", base64(secret)],
    ["in base64url", Buffer.from(secret).toString("base64url")],
    ["in Basic credentials", base64(`user:${secret}`)],
    ["in Basic credentials of another length", base64(`user1:${secret}`)],
    ["in Basic credentials of a third length", base64(`ab:${secret}`)],
    ["in the middle of base64", base64(`{"token":"x","password":"${secret}","more":1}`)],
    ["in base64 in JSON", JSON.stringify({ a: base64(`k=${secret}&x`) })],
    ["with zeros in front of every number", numeric(secret, false).replaceAll("&#", "&#00000000")],
    ["with zeros in front of every hexadecimal number", numeric(secret, true).replaceAll("&#x", "&#x00000000")],
    ["with every sign by its name", byName(secret)],
    ["with every sign by its name in HTML", html(byName(secret))],
  ])("%s", (_what, echo) => {
    const clean = redactText(`before ${echo} after`, ["other-secret", secret]);
    expect(clean).toMatch(/^before .*\[redacted\].* after$/);
    for (const part of ["rich", "w>", "&lt;w", "pa$$", base64(secret).slice(4, 20), base64(` ${secret}`).slice(4, 20)])
      expect(clean).not.toContain(part);
  });

  test("nothing is left of it at the edges of base64", () => {
    expect(redactText(`x ${base64("sekret-one")} y`, ["sekret-one"])).toBe("x [redacted] y");
    for (const beside of ["", "a", "ab", "abc"]) {
      const clean = redactText(base64(`${beside}sekret-one${beside}`), ["sekret-one"]);
      const [before = "", after = ""] = clean.split("[redacted]");
      expect(Buffer.from(before, "base64").toString()).toBe(beside.slice(0, Math.floor((before.length * 6) / 8)));
      expect(after.length).toBeLessThanOrEqual(Math.ceil((beside.length * 8) / 6) + 3);
    }
  });

  describe("in base64 that was written in another way", () => {
    // With `+`, `/` and padding, whatever stands in front of it.
    const key = "??>>~~key-of-\u00ff\u00fe\u00fb-the?house>>";
    const lines = (text: string, width: number, end: string) =>
      text.replace(new RegExp(`.{${width}}(?=.)`, "g"), (line) => `${line}${end}`);
    const slashes = (text: string) => text.replaceAll("/", "\\/");
    const writings: Record<string, (text: string) => string> = {
      "as PHP's JSON does": slashes,
      "in JSON in JSON": (text) => JSON.stringify(slashes(text)),
      "in a URL": encodeURIComponent,
      "in a URL in a URL": (text) => encodeURIComponent(encodeURIComponent(text)),
      "in HTML": (text) => text.replaceAll("+", "&plus;").replaceAll("/", "&#47;").replaceAll("=", "&equals;"),
      "with \\u escapes": (text) =>
        text.replaceAll("+", "\\u002b").replaceAll("/", "\\u002F").replaceAll("=", "\\u003d"),
      "in lines of MIME": (text) => lines(text, 16, "\r\n"),
      "in lines of another width": (text) => lines(text, 23, "\n"),
      "in lines in JSON": (text) => JSON.stringify(lines(text, 16, "\n")),
      "in lines in a URL": (text) => encodeURIComponent(lines(text, 16, "\r\n")),
    };
    test.each(Object.entries(writings))("%s", (_how, write) => {
      for (const before of ["", "a", "ab", "user:", "~?>"]) {
        const encoded = base64(`${before}${key}`);
        const clean = redactText(`x ${write(encoded)} y`, [key]);
        expect(clean).toMatch(/^x [^]*\[redacted\][^]* y$/);
        expect(clean).not.toContain(base64(`${before}${key}`).slice(8, 12));
        // At most what stands before it, and what closes a text.
        const left = clean.slice(2, -2).replace("[redacted]", "").replaceAll('"', "");
        expect(left.length).toBeLessThanOrEqual(Math.ceil((before.length * 4) / 3) * 9);
        if (before === "") expect(left).toBe("");
      }
    });

    test("nothing of the lines beside it goes with it", () => {
      for (const end of ["\n", "\r\n"]) {
        const text = `before${end}${base64("sekret-one!!")}${end}after`;
        expect(redactText(text, ["sekret-one!!"])).toBe(`before${end}[redacted]${end}after`);
      }
    });
  });

  test("ordinary text with entities and base64 stays", () => {
    const text = `a &amp; b &lt;i&gt; &nope; &#xZZ; &; ${base64("nothing of interest here")} &#99999999999;`;
    expect(redactText(text, [secret, "abcd"])).toBe(text);
  });
});

describe("a secret is found whatever stands beside it", () => {
  const key = "sk_Live_ABCdef123+/x";
  const writings = [key, key.toLowerCase(), encodeURIComponent(key), html(key), base64(key), JSON.stringify({ key })];

  // The characters whose lower case has another length, or depends on what is beside them.
  test.each(["\u0130", "\u0130stanbul ", "\u03a3", "&#304;", "%C4%B0", "\\u0130 ", "\u1e9e\ufb01\u{10400}"])(
    "%s",
    (beside) => {
      for (const writing of writings) {
        const clean = redactText(`${beside} ${writing} ${beside}`, [key]);
        expect(clean).toContain("[redacted]");
        expect(clean.startsWith(`${beside} `) && clean.endsWith(` ${beside}`)).toBe(true);
        expect(clean.toLowerCase()).not.toContain("def123");
        expect(clean).not.toContain(base64(key).slice(4, 20));
      }
      expect(redactText(`${beside} quoted sk_Live_ABCdef1… ${beside}`, [key])).toBe(
        `${beside} quoted [redacted]… ${beside}`,
      );
      expect(holdsSecret(`${beside} ${encodeURIComponent(key)}`, [key])).toBe(true);
    },
  );

  test("also when it holds such characters itself", () => {
    const word = "\u0130\u039f\u03a3-Pass\u03a3";
    for (const text of [word, word.toLocaleLowerCase("tr"), `a${word}b`, `${word}\u03a3`, encodeURIComponent(word)])
      expect(redactText(`x ${text} y`, [word])).toMatch(/^x a?\[redacted\][b\u03a3]? y$/);
  });

  test("every character keeps its length and does not depend on its neighbours", () => {
    const codes = Array.from({ length: 0xffff }, (_, code) => code).filter((code) => code < 0xd800 || code > 0xdfff);
    const characters = codes.map((code) => String.fromCharCode(code));
    expect(characters.filter((character) => folded(character).length !== 1)).toEqual([]);
    expect(folded(characters.join("A")) === characters.map(folded).join("a")).toBe(true);
  });
});

describe("of a message that nobody would read whole, the beginning is kept", () => {
  const secretWord = `Secret-${"0123456789".repeat(80)}`;

  test.each([
    ["plain", secretWord],
    ["in base64", base64(secretWord)],
    ["as numbers", numeric(secretWord.replaceAll(/\d/g, "&"), true), secretWord.replaceAll(/\d/g, "&")],
  ])("without a secret that stands across its end: %s", (_how, writing, word = secretWord) => {
    for (const into of [1, 40, 600]) {
      const before = "x".repeat(20_000 - into - 1);
      expect(redactMessage(`${before} ${writing} and more`, [word])).toBe(`${before} [redacted]…`);
    }
  });

  test("also when almost all of it is a secret", () => {
    const clean = redactMessage(`${secretWord} `.repeat(1000), [secretWord]);
    expect(clean).toMatch(/^(\[redacted\] )+\[redacted\]…$/);
  });

  test("and a message that is no longer stays whole", () => {
    expect(redactMessage("y".repeat(20_000), [secretWord])).toBe("y".repeat(20_000));
    expect(redactMessage("y".repeat(10_000_000), [])).toBe(`${"y".repeat(20_000)}…`);
  });
});

test("many secrets are found in one pass, whatever they share", () => {
  const secrets = Array.from({ length: 500 }, (_, index) => `https://shared-prefix.test/${index}/x${index * 7919}`);
  const text = secrets.map((one) => `<${one}>`).join(" and ");
  expect(redactText(text, secrets)).toBe(secrets.map(() => "<[redacted]>").join(" and "));
  const alike = Array.from({ length: 40 }, (_, index) => `${"a".repeat(30 + index)}`);
  expect(redactText(`${"a".repeat(500)}.`, alike)).toMatch(/^(\[redacted\])+\.$/);
  const long = Array.from({ length: 40 }, (_, index) => `${"ab".repeat(60)}${index}!`);
  expect(redactText(long.join(" "), long)).toBe(long.map(() => "[redacted]").join(" "));
});

test("500 secrets take a text hardly longer than one", async () => {
  const secrets = Array.from(
    { length: 500 },
    (_, index) => `secret-${index * 7919}-${(index * 104729).toString(36)}-value`,
  );
  const line = '{"id":"ord_1234567","note":"a parcel went astray & was found","amount":12345},';
  const text = line.repeat(Math.ceil(4_000_000 / line.length));
  const timed = (known: readonly string[]) => {
    redactText("prepared", known);
    return processorMs(() => expect(redactText(text, known) === text).toBe(true));
  };
  const one = secrets.slice(0, 1);
  await timed(one);
  // One by one they took 500 times as long.
  expect(await timed(secrets)).toBeLessThan(15 * Math.max(await timed(one), 20));
});
