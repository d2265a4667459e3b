import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { isReadOnly, operation, type Operation } from "#/lib/api/operation.ts";
import { allOperations } from "#/lib/api/operations/all.ts";
import { permissions } from "#/lib/tenancy/permissions.ts";

/** What is wrong with a list of operations, one line each: what the types cannot say. */
function faultsOf(operations: readonly Operation[]): string[] {
  const seen = new Set<string>();
  return operations.flatMap((each) => {
    const { id, method, path, action, params, body, answers, summary } = each;
    const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const declared = Object.keys((params as z.ZodObject | undefined)?.shape ?? {});
    const scopes: readonly string[] = permissions[action]?.scopes ?? [];
    const faults = {
      "the id is another's": seen.has(id),
      "no permission": !Object.hasOwn(permissions, action ?? ""),
      "the path's parameters are not declared": String(names.sort()) !== String(declared.sort()),
      "a GET with a body": method === "GET" && body !== undefined,
      "a write that a key which only reads may do": !isReadOnly(each) && scopes.includes("runs:read"),
      "no answer that says it is done": !Object.keys(answers).some((status) => status.startsWith("2")),
      "no summary": summary === "",
    };
    seen.add(id);
    return Object.entries(faults).flatMap(([fault, isSo]) => (isSo ? [`${id}: ${fault}`] : []));
  });
}

describe("the list of operations", () => {
  test("has no faults", () => expect(faultsOf(allOperations)).toEqual([]));

  test("has the operations of every file beside it", () => {
    const listed = readFileSync("lib/api/operations/all.ts", "utf8");
    const files = globSync("lib/api/operations/*.ts").map((file) => file.replace(/.*\//, ""));
    const left = files.filter((file) => !listed.includes(`"./${file}"`));
    expect(left.sort()).toEqual(["all.ts", "path-params.ts"]);
  });

  const good = {
    method: "POST",
    path: "/things/{id}",
    id: "makeThing",
    tag: "Things",
    summary: "Make a thing",
    action: "run:trigger",
    params: z.object({ id: z.string() }),
    answers: { 204: null },
    handle: async () => ({ status: 204 }),
  } as const;
  const { action: _action, ...withoutAction } = good;

  test.each([
    ["no fault", good, []],
    ["no action", withoutAction, ["makeThing: no permission"]],
    ["an action that nobody knows", { ...good, action: "constructor" }, ["makeThing: no permission"]],
    ["a parameter less", { ...good, path: "/things" }, ["makeThing: the path's parameters are not declared"]],
    ["a body to read", { ...good, method: "GET", body: z.object({}) }, ["makeThing: a GET with a body"]],
    [
      "a write open to readers",
      { ...good, action: "run:read" },
      ["makeThing: a write that a key which only reads may do"],
    ],
    ["no good answer", { ...good, answers: {} }, ["makeThing: no answer that says it is done"]],
  ])("a planted breach is found: %s", (_, planted, faults) =>
    expect(faultsOf([operation(planted as unknown as Parameters<typeof operation>[0])])).toEqual(faults),
  );

  test("a planted breach is found: two of one name", () =>
    expect(faultsOf([operation(good), operation(good)])).toEqual(["makeThing: the id is another's"]));
});
