import { describe, expect, test } from "vitest";
import type { Json } from "#/lib/contract/json.ts";
import { redactText } from "#/lib/core/redact-text.ts";
import { manyValuesMark, maxValues } from "#/lib/runs/output-limits.ts";
import { plainText, redact, redactJson, TooManyValues } from "#/lib/runs/redact.ts";
import type { SpanRecord } from "#/lib/runs/span-record.ts";

const secret = `op"en se/same\n`;

describe("a secret never stands in a trace", () => {
  test.each<[string, string]>([
    ["plain", `token ${secret} was refused`],
    ["twice", `${secret}${secret}`],
    ["in a URL", `https://shop.test/?token=${encodeURIComponent(secret)}`],
    ["in a form", `token=${encodeURIComponent(secret).replaceAll("%20", "+")}`],
    ["in JSON text", `body was ${JSON.stringify({ token: secret })}`],
    ["in JSON inside of JSON inside of JSON", JSON.stringify(JSON.stringify(JSON.stringify({ token: secret })))],
    ["in a query as browsers write it", new URL(`http://shop.test/?a=${secret}`).href],
    ["in a path as browsers write it", new URL(`http://shop.test/${secret}`).href],
    ["percent-encoded in lower case", encodeURIComponent(secret).toLowerCase()],
    [
      "with every letter that may be escaped escaped",
      secret.replace(/[^\w-]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`),
    ],
    ["in JSON inside of a URL inside of a URL", encodeURIComponent(encodeURIComponent(JSON.stringify(secret)))],
    ["as a host name", `https://${"Op-en-SE-same".toLowerCase()}.shop.test/`],
  ])("%s", (_what, text) => {
    const clean = redactText(text, [secret, "Op-en-SE-same"]);
    expect(clean).toContain("[redacted]");
    expect(clean).not.toContain("same");
  });

  test.each<[string, Json, Json]>([
    ["a text", `x${secret}`, "x[redacted]"],
    ["deep inside", [{ a: [secret] }], [{ a: ["[redacted]"] }]],
    ["as a key", { [secret]: 1 }, { "[redacted]": 1 }],
    ["as a number", { a: 48151623, b: 48151624 }, { a: "[redacted]", b: 48151624 }],
    ["as a number that lost digits", [Number("90071992547409931")], ["[redacted]"]],
    ["not there", { a: 1, b: null, c: true, d: "ok" }, { a: 1, b: null, c: true, d: "ok" }],
    [
      "credential headers as a whole",
      { Authorization: "Bearer x", cookie: "a=b", accept: "*/*" },
      { Authorization: "[redacted]", cookie: "[redacted]", accept: "*/*" },
    ],
    [
      "credential headers that were sent more than once",
      {
        "Set-Cookie": ["a=b", "c=d"],
        authorization: [["Bearer x"], 7, { kind: secret, other: "kept" }],
        accept: ["x"],
      },
      {
        "Set-Cookie": ["[redacted]", "[redacted]"],
        authorization: [["[redacted]"], 7, { kind: "[redacted]", other: "kept" }],
        accept: ["x"],
      },
    ],
    [
      "a structure under such a name is looked into",
      { authorization: { kind: secret } },
      { authorization: { kind: "[redacted]" } },
    ],
  ])("in bodies: %s", async (_what, value, clean) => {
    expect(await redactJson(value, [secret, "48151623", "90071992547409931"], "ws")).toEqual(clean);
  });

  test("own __proto__ keys survive", async () => {
    const value = JSON.parse(`{"__proto__":{"a":"${"x".repeat(3)}"}}`) as Json;
    expect(JSON.stringify(await redactJson(value, ["none"], "ws"))).toBe(JSON.stringify(value));
  });

  const span = (change: Partial<SpanRecord>) => ({ name: "call", error: null, ...change }) as SpanRecord;

  test("in the name of the model that a provider says answered", async () => {
    const clean = await redact(span({ answeredModel: "model-of-sekret-one" }), ["sekret-one"], "ws");
    expect(clean.answeredModel).toBe("model-of-[redacted]");
  });

  test("in name, input, output, attributes and error of a span; the span given is left as it was", async () => {
    const given = span({
      name: `GET /${secret}`,
      input: secret,
      output: { a: secret },
      attributes: { b: secret },
      error: { code: "tool_failed", message: `no ${secret}` },
    });
    const before = structuredClone(given);
    const clean = await redact(given, [secret], "ws");
    expect(JSON.stringify(clean)).not.toContain("same");
    expect(given).toEqual(before);
  });

  test("a secret that holds another is replaced as a whole", async () => {
    expect((await redact(span({ input: "abcdef-abcd" }), ["abcd", "abcdef"], "ws")).input).toBe(
      "[redacted]-[redacted]",
    );
  });

  describe("nor does a part of one that was cut where a message quotes it", () => {
    const long = `sk_live_${'aB/9"+'.repeat(60)}`;
    test.each<[string, string]>([
      ["a value", JSON.stringify(long)],
      ["a path", encodeURIComponent(long)],
      ["a text in JSON in JSON", JSON.stringify(JSON.stringify(long))],
    ])("%s", (_what, text) => {
      for (const length of [20, 60, 80, 200, 300]) {
        const clean = redactText(`POST ${text.slice(0, length)}…: refused`, [long]);
        expect(clean).toMatch(/^POST [\\"]*\[redacted\][\\"]*…: refused$/);
      }
    });

    test("but words that begin like one stay", () => {
      expect(redactText("sk_li… was refused, sk_lived not …", [long])).toBe("sk_li… was refused, sk_lived not …");
    });
  });

  test.each(["/", "\\", "%", "%2", "%5c", "x"])(
    "long texts of %s end, whatever a tenant's secret looks like",
    (unit) => {
      const [most, all] = [unit.repeat(29_999), unit.repeat(30_000)];
      const text = `${most}y`.repeat(10);
      for (const odd of [all, `${all}y`, `y${all}`, `${most}yy${most}`]) redactText(text, [odd]);
      expect(redactText(`${text}${all}x`, [`${all}x`]) === `${text}[redacted]`).toBe(true);
    },
  );

  test("a text that holds one many times is cleaned too", () => {
    expect(redactText(`${"abcd%20".repeat(200_000)}.`, ["abcd"])).toBe(`${"[redacted]%20".repeat(200_000)}.`);
  });

  test("texts are searched each for itself, whatever was found in those before", async () => {
    const texts = [
      "......... abcdefgh abcdefgh",
      "abcdefgh",
      "x abcdefgh",
      "abcdefgh…",
      "abcdefghij…",
      "abcdefghijkl…",
    ];
    const clean = ["......... [redacted] [redacted]", "[redacted]", "x [redacted]", "[redacted]…", "[redacted]…"];
    expect(await redactJson(texts, ["abcdefgh", "abcdefghijk-000"], "ws")).toEqual([...clean, "[redacted]…"]);
  });

  test("many texts, and many cuts, are cleaned in turns, whatever a tenant's secrets look like", async () => {
    const secrets = Array.from({ length: 500 }, (_, index) => `sk_live_${index}-${"x".repeat(index)}`);
    const value = [
      ...Array.from({ length: 60_000 }, (_, index) => `text ${index} of a list`),
      ...Array.from({ length: 1000 }, (_, index) => `sk_live_${index} is cut… `.repeat(50)),
    ];
    let [turns, isDone] = [0, false];
    const turn = () => {
      turns += 1;
      if (!isDone) setImmediate(turn);
    };
    setImmediate(turn);
    const clean = (await redactJson(value, secrets, "ws")) as string[];
    isDone = true;
    expect(turns).toBeGreaterThan(3);
    expect(clean.slice(0, 60_000)).toEqual(value.slice(0, 60_000));
    expect(clean[60_499]).toBe(value[60_499]);
    expect(await redactJson("sk_live_499-xxxxx…", secrets, "ws")).toBe("[redacted]…");
  });

  test("a secret of zeros is no number", async () => {
    expect(await redactJson([0, "0000"], ["0000"], "ws")).toEqual([0, "[redacted]"]);
  });

  test("values shorter than four characters would blank out ordinary text and are left", async () => {
    expect((await redact(span({ input: "yes or no" }), ["no", "yes"], "ws")).input).toBe("yes or no");
    expect(redactText("yes or no", ["no", "yes"])).toBe("yes or no");
  });

  test("absent bodies stay absent, so that the stored ones are kept", async () => {
    const clean = await redact(span({}), [secret], "ws");
    expect("input" in clean || "output" in clean || "attributes" in clean).toBe(false);
  });
});

describe("bodies of many values", () => {
  const span = (change: Partial<SpanRecord>) => ({ name: "call", error: null, ...change }) as SpanRecord;
  const list = (values: number): Json => Array.from({ length: values - 1 }, () => 1);

  test.each<[string, Json, number]>([
    ["a text", "a", 1],
    ["nothing", null, 1],
    ["a list and what is in it", [1, [], {}, [true]], 6],
    ["an object, without its names", { a: 1, b: { c: "d" } }, 4],
    ["the most there may be", list(maxValues), maxValues],
  ])("are counted: %s", async (_what, output, outputValues) => {
    expect(await redact(span({ output }), [], "ws")).toMatchObject({ outputValues });
  });

  test("an output of too many is refused, words stand for such an input", async () => {
    const many = { a: list(maxValues) };
    await expect(redact(span({ output: many }), [], "ws")).rejects.toThrow(TooManyValues);
    expect((await redact(span({ input: many, output: [1] }), [], "ws")).input).toBe(manyValuesMark);
    expect(await redactJson(many, ["secret"], "ws")).toBe(many);
  });
});

describe("text columns", () => {
  test.each([
    ["U+0000 becomes its symbol", "a\u0000b", "a\u2400b"],
    ["a lone surrogate becomes the replacement character", "a\ud800b", "a\ufffdb"],
    ["whole characters stay", "a😀b", "a😀b"],
  ])("%s", (_what, text, clean) => {
    expect(plainText(text)).toBe(clean);
  });
});
