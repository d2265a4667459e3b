import { parentPort } from "node:worker_threads";
import type { Json } from "#/lib/contract/json.ts";
import type { SchemaAnswer, SchemaTask } from "./schema-threads.ts";
import { checkSchema, completeJson, SchemaFault, validateJson } from "./json-schema.ts";

/** The entry of a thread: compiles and validates, one task at a time, until it is ended from outside. */
parentPort?.on("message", (task: SchemaTask) => parentPort?.postMessage(answer(task)));
parentPort?.postMessage("ready");

function answer({ work, schema, json, root }: SchemaTask): SchemaAnswer {
  try {
    if (work === "check") return { json, faults: checkSchema(schema, root) };
    if (work === "validate") return { json, faults: validateJson(schema, JSON.parse(json) as Json, root) };
    const { value, faults } = completeJson(schema, JSON.parse(json) as Json, root);
    return { json: JSON.stringify(value), faults };
  } catch (error) {
    if (error instanceof SchemaFault) return { refused: { path: error.path, message: error.fault } };
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}
