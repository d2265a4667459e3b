import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { addLogContext, withLogContext } from "#/lib/core/log-context.ts";
import { makeLogger } from "#/lib/core/logger.ts";
import { prettyLine } from "#/lib/core/pretty-log.ts";

const sentinel = "sentinel-4711";

function recorded() {
  const lines: string[] = [];
  const logger = makeLogger({ write: (line) => void lines.push(line) });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? "{}") as Record<string, unknown> };
}

/** Errors as the database drivers make them, values and all. */
const leakyErrors: [string, () => Error][] = [
  [
    "a failed query of drizzle",
    () =>
      Object.assign(new Error(`Failed query: select $1\nparams: ${sentinel}`), {
        query: "select $1",
        params: [sentinel],
      }),
  ],
  [
    "a data exception of PostgreSQL",
    () =>
      Object.assign(new Error(`invalid input syntax for type integer: "${sentinel}"`), {
        name: "PostgresError",
        severity: "ERROR",
        code: "22P02",
        detail: sentinel,
      }),
  ],
  [
    "a broken constraint",
    () =>
      Object.assign(new Error("duplicate key value"), {
        name: "PostgresError",
        severity: "ERROR",
        code: "23505",
        detail: `Key (name)=(${sentinel}) already exists.`,
      }),
  ],
  [
    "a request that failed",
    () => Object.assign(new Error("failed"), { headers: { authorization: sentinel }, request: { body: sentinel } }),
  ],
  [
    "a cause inside",
    () =>
      new Error("outer", {
        cause: Object.assign(new Error(`params: ${sentinel}`), { query: "q", params: [sentinel] }),
      }),
  ],
];

describe("the logger", () => {
  test.each(leakyErrors)("keeps no value of %s", (_, make) => {
    const { logger, lines } = recorded();
    logger.error({ err: make() }, "failed");
    logger.error({ error: make() }, "failed");
    logger.error(make(), "failed");
    expect(lines).toHaveLength(3);
    expect(lines.join("")).not.toContain(sentinel);
  });

  test.each(["authorization", "cookie", "apiKey", "secret", "password"])("blanks out %s", (name) => {
    const { logger, lines } = recorded();
    logger.info({ [name]: sentinel, headers: { [name]: sentinel } }, "x");
    expect(lines.join("")).not.toContain(sentinel);
  });

  test("puts what is known about the work into every line of it, also behind an await, and of no other", async () => {
    const { logger, lines } = recorded();
    await Promise.all(
      ["a", "b"].map((id) =>
        withLogContext({ requestId: id }, async () => {
          await sleep(2);
          addLogContext({ workspaceId: `ws_${id}` });
          withLogContext({ runId: `run_${id}` }, () => logger.info("inner"));
          logger.info("outer");
        }),
      ),
    );
    logger.info("outside");
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const of = (id: string) => parsed.filter((line) => line["requestId"] === id);
    for (const id of ["a", "b"]) {
      expect(of(id).map((line) => line["workspaceId"])).toEqual([`ws_${id}`, `ws_${id}`]);
      expect(of(id).map((line) => line["runId"])).toEqual([`run_${id}`, undefined]);
    }
    expect(parsed.at(-1)).not.toHaveProperty("requestId");
  });

  test("names its levels", () => {
    const { logger, last } = recorded();
    logger.warn("x");
    expect(last()).toMatchObject({ level: "warn", msg: "x" });
  });
});

describe("a line for a terminal", () => {
  const json = (line: object) =>
    `${JSON.stringify({ level: "error", time: "2026-11-21T10:11:12.345Z", pid: 1, ...line })}\n`;

  test("shows time, level, message, fields, and an error with its causes below", () => {
    const err = {
      name: "TypeError",
      message: "no",
      stack: ["at a"],
      cause: { name: "Error", code: "E1", message: "deeper", stack: [] },
    };
    expect(prettyLine(json({ msg: "broke", runId: "run_1", err }), false)).toBe(
      "10:11:12.345 ERROR broke  runId=run_1\n    TypeError: no\n      at a\n      because of Error E1: deeper\n",
    );
  });

  test("lets no data steer the terminal", () => {
    const text = prettyLine(json({ msg: "a\u001b[2Jb", who: "x\u0007y", err: { message: "\u001b]0;title" } }), false);
    // oxlint-disable-next-line no-control-regex -- that is what must not be there
    expect(text).not.toMatch(/[\u001b\u0007]/);
  });

  test("passes on what is not JSON", () => {
    expect(prettyLine("plain\n", true)).toBe("plain\n");
  });
});
