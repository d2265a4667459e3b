import { expect, test } from "vitest";
import { fieldMessage, refusalOf } from "#/components/shell/refusal.ts";
import type { Problem } from "#/lib/contract/problem.ts";

const problem = (change: Partial<Problem>): Problem => ({
  type: "about:blank",
  title: "",
  status: 409,
  detail: "A prompt named x exists already",
  code: "conflict",
  requestId: "req_1",
  ...change,
});

test("a refusal shows the message; the reference only where the server is at fault", () => {
  expect(refusalOf(problem({}))).toEqual({
    ...{ message: "A prompt named x exists already", fields: [], requestId: null, code: "conflict" },
  });
  expect(refusalOf(problem({ status: 500, code: "internal" })).requestId).toBe("req_1");
});

test("a field finds what is wrong with it or inside of it, and nothing of its neighbours", () => {
  const errors = [
    { path: "body.payload.ticket.id", message: "is required" },
    { path: "body.names[2]", message: "too long" },
    { path: "payload", message: "second" },
  ];
  const refusal = refusalOf(problem({ code: "validation_failed", errors }));
  expect(fieldMessage(refusal, "payload")).toBe("is required");
  expect(fieldMessage(refusal, "names")).toBe("too long");
  expect(fieldMessage(refusal, "name")).toBeUndefined();
  expect(fieldMessage(null, "name")).toBeUndefined();
});
