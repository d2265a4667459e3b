import { describe, expect, test } from "vitest";
import { orders } from "#/lib/demo/orders/order-book.ts";
import { answerTo } from "#/lib/demo/provider/answer.ts";
import type { Ask } from "#/lib/demo/provider/ask.ts";
import { askOf, lookupSchema } from "./ask-fixtures.ts";

const tool = (name: string) => ({ name, description: "", schema: lookupSchema });

describe("an answer is a function of the request", () => {
  const base = askOf("What should we do about slow parcels?", { instructions: "Be helpful." });
  test("the same request gives the same answer", () => {
    expect(answerTo(structuredClone(base))).toEqual(answerTo(base));
  });

  test.each<[string, Partial<Ask>]>([
    ["model", { model: "gpt-6-sol" }],
    ["prompt", { instructions: "Be short and strict, and answer with care." }],
    ["question", askOf("What should we do about rude drivers?")],
  ])("another %s gives another one", (_name, change) => {
    const other = answerTo({ ...base, ...change });
    expect(other.id).not.toBe(answerTo(base).id);
    expect(other.text).not.toBe(answerTo(base).text);
  });
});

describe("tools in any conversation", () => {
  const calls = (ask: Ask) => answerTo(ask).toolCalls.map((call) => call.name);
  const done = (ask: Ask): Ask => {
    const answer = answerTo(ask);
    const results = answer.toolCalls.map((call) => ({
      callId: call.id,
      text: `"${call.name} is done"`,
      isError: false,
    }));
    return {
      ...ask,
      turns: [
        ...ask.turns,
        { role: "assistant", text: answer.text, toolCalls: answer.toolCalls, toolResults: [] },
        { role: "user", text: "", toolCalls: [], toolResults: results },
      ],
    };
  };

  test("named tools are called one after the other, then an answer is given", () => {
    const first = askOf("Use find_city and then book_trip.", { tools: [tool("book_trip"), tool("find_city")] });
    expect(calls(first)).toEqual(["find_city"]);
    const second = done(first);
    expect(calls(second)).toEqual(["book_trip"]);
    const last = done(second);
    expect(calls(last)).toEqual([]);
    expect(answerTo(last).text).toContain("book_trip is done");
  });

  test("'in parallel' calls them at once, 'three times' repeats", () => {
    expect(
      calls(askOf("Call find_city and book_trip in parallel.", { tools: [tool("book_trip"), tool("find_city")] })),
    ).toEqual(["find_city", "book_trip"]);
    let ask = askOf("Call find_city three times.", { tools: [tool("find_city")] });
    for (let n = 0; n < 3; n += 1) {
      expect(calls(ask)).toEqual(["find_city"]);
      ask = done(ask);
    }
    expect(calls(ask)).toEqual([]);
  });

  test("a forced tool is called whatever the prompt says", () => {
    const ask = askOf("Hm.", { tools: [tool("find_city"), tool("book_trip")] });
    expect(calls(ask)).toEqual([]);
    expect(calls({ ...ask, toolChoice: { mode: "any" } })).toEqual(["find_city"]);
    expect(calls({ ...ask, toolChoice: { mode: "tool", name: "book_trip" } })).toEqual(["book_trip"]);
  });
});

test("a digest counts what it was given", () => {
  const late = orders.filter((order) => order.delivery.daysLate > 0);
  const text = answerTo(
    askOf(JSON.stringify({ orders: late }), { model: "gpt-6-sol", instructions: "Summarise them as a digest." }),
  ).text;
  expect(text).toContain(`${late.length} orders worth`);
  expect(text).toContain("1001 (8 days late)");
});

test("a greeting names the person", () => {
  expect(answerTo(askOf('{"name": "Ada"}', { instructions: "Greet the person who is named." })).text).toContain("Ada");
});

test("hostile input gets an answer in time", () => {
  for (const text of [
    "{".repeat(50_000),
    "[".repeat(50_000) + "]".repeat(50_000),
    `${"{".repeat(2000)}"a"`.repeat(20),
    "\ud800 lone",
    "",
  ])
    expect(answerTo(askOf(text)).text.length).toBeGreaterThan(0);
});
