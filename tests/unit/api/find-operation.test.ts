import { describe, expect, test } from "vitest";
import { operationFinder } from "#/lib/api/find-operation.ts";
import type { Method, Operation } from "#/lib/api/operation.ts";

const planted = (...all: `${Method} /${string}`[]) =>
  operationFinder(
    all.map((each) => {
      const [method, path] = each.split(" ") as [Method, `/${string}`];
      return { method, path, id: each } as Operation;
    }),
  );
const find = planted(
  "GET /runs",
  "GET /runs/{id}",
  "DELETE /runs/{id}",
  "GET /runs/{id}/spans/{spanId}",
  "POST /runs/{id}/replay/preflight",
  "GET /models/{ref}",
  "PUT /policies",
  "PUT /policies/account",
  "GET /policies/{name}/history",
);

describe("what serves a path", () => {
  test.each([
    ["/runs", ["GET"], {}],
    ["/runs/", ["GET"], {}],
    ["/runs/run_1", ["GET", "DELETE"], { id: "run_1" }],
    ["/runs/run_1/", ["GET", "DELETE"], { id: "run_1" }],
    ["/runs/a/spans/b", ["GET"], { id: "a", spanId: "b" }],
    ["/runs/a/replay/preflight", ["POST"], { id: "a" }],
    ["/models/openai%3Agpt%2F5", ["GET"], { ref: "openai:gpt/5" }],
    ["/models/__proto__", ["GET"], { ref: "__proto__" }],
    ["/policies", ["PUT"], {}],
    ["/policies/account", ["PUT"], {}],
    ["/policies/account/history", ["GET"], { name: "account" }],
  ])("%s: %j", (path, methods, values) => {
    const found = find(path);
    expect([Object.keys(found?.resource ?? {}), found?.values]).toEqual([methods, values]);
  });

  test.each([
    ..."/runs// /runs/x/y /runs/a/spans /runs/a/spans/b/c /prompts/x /r%75ns /Runs /runs/a/replay /policies/x".split(
      " ",
    ),
    "",
    "/",
    "//",
    "runs",
    "/constructor",
    "/__proto__",
  ])("%j: nothing", (path) => expect(find(path)).toBeNull());

  test.each(["/runs/%00", "/runs/%zz", "/runs/a/spans/%ff"])("%s has a parameter that names nothing", (path) =>
    expect(find(path)?.values).toBeNull(),
  );

  test("an operation that appears twice, or a path with two names for one parameter, is refused", () => {
    expect(() => planted("GET /runs/{id}", "GET /runs/{id}")).toThrow("GET /runs/{id} appears twice");
    expect(() => planted("GET /runs/{id}", "DELETE /runs/{run}")).toThrow("must have different names");
  });
});
