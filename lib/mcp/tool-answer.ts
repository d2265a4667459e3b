import { z } from "zod";
import type { Operation } from "#/lib/api/operation.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { ErrorCode, FieldError } from "#/lib/contract/problem.ts";
import { plainSchema } from "./plain-schema.ts";
import type { Tool } from "./tool-list.ts";

/** What a refused call is told, beside what the protocol says of errors. */
export const ToolError = z.object({
  code: ErrorCode,
  message: z.string(),
  retryAfterMs: z
    .int()
    .nullable()
    .meta({ description: "When the same call may succeed; null where waiting does not help, or nobody knows" }),
  requestId: z.string(),
  errors: z.array(FieldError).optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type ToolError = z.infer<typeof ToolError>;

/** The member of an answer that says what of it was cut. */
export const cutMark = "truncated";

/**
 * The schema of what a tool answers: the operation's answer, or an error; clients check both against it. `answer` is that of
 * the operation alone. Throws for an answer that is no object. Pure.
 */
export function toolAnswer(tool: Tool): { schema: JsonObject; answer: JsonObject } {
  const shape = tool.rows?.answer ?? successOf(tool.operation);
  const answer = shape ? plainSchema(shape, "output") : { type: "object", properties: {}, required: [] };
  const error = plainSchema(ToolError, "output");
  const properties = answer["properties"] as JsonObject;
  const { code, message, retryAfterMs } = error["properties"] as JsonObject;
  const added: JsonObject = {
    [cutMark]: { type: "string", description: "What was left out of an answer above 100 KB" },
    code: code as Json,
    message: message as Json,
    retryAfterMs: retryAfterMs as Json,
  };
  const taken = Object.keys(added).filter((name) => name in properties);
  if (answer["type"] !== "object" || taken.length > 0) throw new Error(`${tool.name} cannot answer ${taken.join()}`);
  const whole = (answer["required"] ?? []) as string[];
  const schema: JsonObject = {
    type: "object",
    properties: { ...properties, ...added },
    anyOf: [{ required: whole }, { required: ["code", "message", "retryAfterMs"] }],
  };
  return { schema, answer };
}

/** What the operation answers with when it succeeds; null for nothing. */
function successOf({ answers, id }: Operation): z.ZodType | null {
  const [shape] = Object.entries(answers).flatMap(([status, of]) => (Number(status) < 300 ? [of] : []));
  if (shape === undefined) throw new Error(`${id} has no answer`);
  if (shape === null || shape instanceof z.ZodType) return shape;
  const json = shape.content["application/json"];
  if (!json) throw new Error(`${id} does not answer with JSON`);
  return json;
}
