import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import { sha256Hex } from "#/lib/core/hash.ts";
import { inTurn } from "#/lib/core/loop-turns.ts";
import { BoundedCache } from "#/lib/expressions/bounded-cache.ts";
import * as atOnce from "./json-schema.ts";
import { isCheapToValidate, schemaCost } from "./schema-cost.ts";
import { type ThreadAnswer, workInThread } from "#/lib/core/work-threads.ts";

const tooExpensive = "the schema is too expensive: it takes more than a second to compile";
const tooLong = "is too expensive to validate: with its schema it takes more than a second";

/**
 * Verdicts on schemas by owner and hash, faults included, so that an expensive check is made once. Not shared between
 * workspaces: one that asks about the same schema as another would wait for the other's turn.
 */
const checked = new BoundedCache<Promise<FieldError[]>>(2000);
const checkedByIdentity = new WeakMap<object, Promise<FieldError[]>>();

/**
 * What is wrong with a schema, with paths below `root`; empty when it can be used. Checks as `json-schema.ts` does. A
 * schema that is not known to be cheap is compiled in a thread, in the turn of its workspace (`owner`), and is refused
 * when that takes more than a second.
 */
export async function checkSchema(owner: string, schema: JsonObject, root = "schema"): Promise<FieldError[]> {
  const faults = await checkOnce(owner, schema);
  return faults.map(({ path, message }) => ({ path: `${root}${path}`, message }));
}

function checkOnce(owner: string, schema: JsonObject): Promise<FieldError[]> {
  const known = checkedByIdentity.get(schema);
  if (known) return known;
  const text = JSON.stringify(schema);
  const made = checked.getOrMake(`${owner} ${sha256Hex(text)}`, () => checkAnew(owner, schema, text));
  checkedByIdentity.set(schema, made);
  return made;
}

async function checkAnew(owner: string, schema: JsonObject, text: string): Promise<FieldError[]> {
  const faults = await inTurn(owner, () => (schemaCost(schema) ? atOnce.checkSchema(schema, "") : null));
  if (faults) return faults;
  const answer = await workInThread(owner, { work: "check", schema: text, root: "" });
  if ("exhausted" in answer) return [{ path: "", message: tooExpensive }];
  return known(answer).faults;
}

/** Like `validateJson` of `json-schema.ts`, within a second and never blocking the event loop for long. */
export async function validateJson(
  owner: string,
  schema: JsonObject,
  value: Json,
  root = "value",
): Promise<FieldError[]> {
  const cost = schemaCost(schema);
  if (cost && isCheapToValidate(cost, value)) return atOnce.validateJson(schema, value, root);
  const answer = await workInThread(owner, taskOf("validate", schema, value, root));
  return "exhausted" in answer ? [{ path: root, message: tooLong }] : known(answer).faults;
}

/** Like `completeJson` of `json-schema.ts`, within a second and never blocking the event loop for long. */
export async function completeJson(
  owner: string,
  schema: JsonObject,
  value: Json,
  root = "value",
): Promise<{ value: Json; faults: FieldError[] }> {
  const cost = schemaCost(schema);
  if (cost && isCheapToValidate(cost, value)) return atOnce.completeJson(schema, value, root);
  const answer = await workInThread(owner, taskOf("complete", schema, value, root));
  return "exhausted" in answer ? { value, faults: [{ path: root, message: tooLong }] } : completed(known(answer));
}

function taskOf(work: "validate" | "complete", schema: JsonObject, value: Json, root: string) {
  return { work, schema: JSON.stringify(schema), json: JSON.stringify(value), root };
}

function completed({ json, faults }: { json: string; faults: FieldError[] }): { value: Json; faults: FieldError[] } {
  return { value: JSON.parse(json) as Json, faults };
}

function known(answer: Exclude<ThreadAnswer, { exhausted: true }>): { json: string; faults: FieldError[] } {
  if ("refused" in answer)
    throw new atOnce.SchemaFault(answer.refused[0]?.path ?? "", answer.refused[0]?.message ?? "");
  if ("failed" in answer) throw new Error(`the thread for schemas failed: ${answer.failed}`);
  return answer;
}
