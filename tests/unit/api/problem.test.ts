import { describe, expect, test } from "vitest";
import { z } from "zod";
import { errorCodes, Problem, type ErrorCode } from "#/lib/contract/problem.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { loggable } from "#/lib/core/loggable.ts";
import { problemHeaders, problemTable, toProblem } from "#/lib/api/problem.ts";

/** The product contract's table, and what the API contract settles beside it. */
const settled: Partial<Record<ErrorCode, number>> = {
  run_in_flight: 409,
  replay_quota_exceeded: 429,
  replay_depth_exceeded: 429,
  model_not_available: 403,
  provider_blocked: 403,
  source_version_unavailable: 409,
  workflow_paused: 409,
  cross_boundary: 403,
  nodes_unmapped: 409,
  prompt_not_found: 404,
  prompt_hash_mismatch: 422,
  model_ref_mismatch: 422,
  override_has_no_target: 422,
  mapping_invalid: 422,
  from_node_invalid: 422,
  validation_failed: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  in_use: 409,
  payload_too_large: 413,
  idempotency_key_reused: 422,
  idempotency_in_progress: 409,
  unavailable: 503,
  internal: 500,
};

const problemOf = (code: ErrorCode, details?: Record<string, unknown>) =>
  toProblem(new DomainError(code, "message", details ? { details } : {}), "req_1");

describe("problem details", () => {
  test.each(Object.entries(settled))("%s is %i", (code, status) => {
    expect(problemTable[code as ErrorCode].status).toBe(status);
  });

  test.each(errorCodes)("%s gives a whole problem, with its message as the detail", (code) => {
    const problem = problemOf(code, { x: 1 });
    expect(Problem.parse(problem)).toEqual(problem);
    expect(problem).toMatchObject({ code, detail: "message", requestId: "req_1", details: { x: 1 } });
  });

  test.each(errorCodes)("%s: a client is told either when to come back or not to, never both", (code) => {
    const headers = problemHeaders(problemOf(code));
    const told = headers["x-should-retry"];
    const { status } = problemTable[code];
    expect("retry-after" in headers && told !== "true").toBe(false);
    expect(status < 500 && told === undefined).toBe(false);
  });

  test("the quota's answer says how long to wait, rounded up, and the limit", () => {
    expect(problemHeaders(problemOf("replay_quota_exceeded", { retryAfterMs: 40_001 }))).toMatchObject({
      "retry-after": "41",
      "ratelimit-policy": '"replay";q=20;w=60',
      ratelimit: '"replay";r=0;t=41',
      "x-should-retry": "true",
    });
    for (const code of ["run_in_flight", "replay_depth_exceeded"] as const)
      expect(problemHeaders(problemOf(code))).toEqual({ "x-should-retry": "false" });
  });

  test("a zod error is validation_failed with a path for each fault, an unknown field by its name", () => {
    const schema = z.strictObject({ a: z.strictObject({ b: z.array(z.int()) }) });
    const { error } = schema.safeParse({ a: { b: [1, "x"], c: 1 }, d: 1 });
    const problem = toProblem(error, "req_1");
    expect(problem).toMatchObject({ code: "validation_failed", status: 400 });
    expect(problem.errors?.map((field) => field.path).sort()).toEqual(["body.a.b[1]", "body.a.c", "body.d"]);
  });

  test.each([new Error("password=hunter2"), new TypeError("x"), "thrown text", null, undefined])(
    "anything else (%s) is internal, with a fixed text",
    (thrown) => {
      const problem = toProblem(thrown, "req_1");
      expect(problem).toMatchObject({ code: "internal", status: 500, detail: "Something went wrong on our side." });
      expect(JSON.stringify(problem)).not.toContain("hunter2");
    },
  );

  test.each(["ECONNREFUSED", "CONNECTION_CLOSED", "CONNECT_TIMEOUT", "57P01", "57P03", "08006", "53300", "40P01"])(
    "a database that fails with %s is unavailable, with Retry-After, however it is wrapped",
    (code) => {
      const inner = Object.assign(new Error("connect"), { code });
      const problem = toProblem(new Error("Failed query", { cause: inner }), "req_1");
      expect(problem).toMatchObject({ code: "unavailable", status: 503 });
      expect(problemHeaders(problem)["retry-after"]).toBeDefined();
    },
  );

  test("text that Postgres cannot hold is the client's fault, not ours", () => {
    const inner = Object.assign(new Error("invalid byte sequence"), { code: "22021" });
    expect(toProblem(new Error("Failed query", { cause: inner }), "r").code).toBe("validation_failed");
  });

  test("what is logged of a failed query holds none of its parameters", () => {
    const cause = Object.assign(new Error("duplicate key"), { code: "23505" });
    const failed = Object.assign(new Error("Failed query: insert …\nparams: s3cr3t", { cause }), {
      query: "insert …",
      params: ["s3cr3t"],
    });
    const logged = JSON.stringify(loggable(failed));
    expect(logged).not.toContain("s3cr3t");
    expect(logged).toContain("23505");
  });
});
