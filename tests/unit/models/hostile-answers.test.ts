import { describe, expect, test } from "vitest";
import { EventStreamFilter, TooManyValues } from "#/lib/models/event-stream-filter.ts";
import { StreamedCalls } from "#/lib/models/streamed-calls.ts";
import { parseStructured } from "#/lib/models/structured-output.ts";
import { withDistinctCallIds } from "#/lib/models/tool-arguments.ts";

/** Each took minutes of the event loop, which all runs of a worker share, while it was quadratic. */
describe("what a provider sends costs time in proportion to its length", () => {
  const many = 50_000;

  test("calls that all have the same id", () => {
    const call = { type: "tool_call", id: "a", name: "refund", arguments: {} } as const;
    const parts = withDistinctCallIds([
      { ...call, id: "a_2" },
      ...Array.from({ length: many }, () => call),
      { ...call, id: "a_2" },
      { ...call, id: "" },
    ]);
    const ids = parts.map((part) => (part.type === "tool_call" ? part.id : ""));
    expect(new Set(ids).size).toBe(many + 3);
    expect(ids.slice(0, 4)).toEqual(["a_2", "a", "a_3", "a_4"]);
    expect(ids.slice(-2)).toEqual(["a_2_2", `call_${many + 2}`]);
  });

  test("pieces of calls that are told apart by their ids", () => {
    const calls = new StreamedCalls();
    for (let at = 0; at < many; at++) calls.grow({ id: `call-${at}`, function: { name: "refund", arguments: "{" } });
    for (let at = 0; at < many; at++) calls.grow({ id: `call-${at}`, function: { arguments: "}" } });
    expect(calls.all.length).toBe(many);
    expect(calls.all.every((call) => call.argumentsText === "{}")).toBe(true);
  });

  test("a line that comes in many pieces, however they are cut", () => {
    const filter = new EventStreamFilter({ named: false });
    const piece = Buffer.from("x".repeat(500));
    let out = filter.push(Buffer.from('data: "'));
    for (let at = 0; at < 40_000; at++) out += filter.push(piece);
    for (const end of ['"\r', "\n", "\r", "\ndata: 1\r", "\r", ""]) out += filter.push(Buffer.from(end));
    expect(out.length).toBe('data: ""\n\n'.length + 40_000 * 500);
    expect(filter.end()).toBe("data: 1\n\n");
  });

  test("a code fence that never closes", () => {
    expect(parseStructured("```json\n" + "\n".repeat(200_000) + "x")).toHaveProperty("fault");
    expect(parseStructured("```" + " ".repeat(200_000) + "\n{}\n```\n".repeat(2))).toHaveProperty("fault");
  });
});

describe("an event of more values than any JSON text may have is parsed by nobody", () => {
  test.each([
    ["in a line", (list: string) => `data: ${list}\n\n`],
    ["in many lines", (list: string) => `data: ${list.replaceAll(",", ",\ndata: ")}\n\n`],
    ["that is never closed", (list: string) => `data: ${list}`],
  ])("%s", (_where, event) => {
    const take = (count: number) => {
      const filter = new EventStreamFilter({ named: true });
      return filter.push(Buffer.from(event(`[${Array(count).fill("[]").join(",")}]`))) + filter.end();
    };
    expect(take(199_999)).not.toBe("");
    expect(() => take(200_000)).toThrow(TooManyValues);
  });
});
