import { describe, expect, test } from "vitest";
import { z } from "zod";
import { parsePart } from "#/lib/api/field-errors.ts";
import { allOperations } from "#/lib/api/operations/all.ts";

/** Names that every object has by its prototype, and one that means the prototype itself. */
const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "isPrototypeOf"];
const holding = (name: string) => JSON.parse(`{${JSON.stringify(name)}:"x"}`) as unknown;
/** What parsing says of the field; "taken" when it says nothing. */
const said = (part: "query" | "body", schema: z.ZodType, name: string): string => {
  try {
    parsePart(part, schema, holding(name));
    return "taken";
  } catch (error) {
    const { fields } = error as { fields: { path: string; message: string }[] };
    return fields.find(({ path }) => path === `${part}.${name}`)?.message ?? "taken";
  }
};
const objects = (part: "query" | "body") =>
  allOperations.flatMap((operation) => {
    const schema = operation[part];
    return schema instanceof z.ZodObject ? [[operation.id, schema] as const] : [];
  });

describe.each(["query", "body"] as const)("a %s", (part) => {
  test.each(objects(part))("of %s refuses names that objects have by themselves", (_id, schema) => {
    for (const name of names) expect(`${name}: ${said(part, schema, name)}`).toBe(`${name}: unknown field`);
  });
});

test("an object that takes other names than its own refuses __proto__ too", () => {
  const open = z.object({ a: z.string().optional() }).catchall(z.string());
  expect(said("body", open, "__proto__")).toBe("unknown field");
  expect(parsePart("body", open, holding("constructor"))).toEqual({ constructor: "x" });
});
