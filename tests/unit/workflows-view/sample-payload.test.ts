import { expect, test } from "vitest";
import { samplePayload } from "#/components/workflows/sample-payload.ts";

test("a payload to start from has the schema's shape, its own values, and empty texts elsewhere", () => {
  const input = {
    type: "object",
    required: ["id"],
    properties: {
      id: { type: "string" },
      kind: { type: "string", enum: ["refund", "other"] },
      amount: { type: "integer", minimum: 5 },
      customer: { type: "object", properties: { name: { type: "string" } } },
    },
  };
  expect(JSON.parse(samplePayload({ input }))).toEqual({ id: "", kind: "refund", amount: 5, customer: { name: "" } });
});

test("without a schema it is an empty object", () => {
  expect(samplePayload({ name: "x" })).toBe("{}");
});

test("of a schema whose instance would never end it is an empty object", () => {
  const a = { allOf: Array.from({ length: 20 }, () => ({ $ref: "#/$defs/a" })) };
  expect(samplePayload({ input: { $defs: { a }, $ref: "#/$defs/a" } })).toBe("{}");
});
