import { parentPort } from "node:worker_threads";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { TraceSkeleton } from "#/lib/contract/trace.ts";
import { traceRows } from "#/lib/contract/trace-rows.ts";
import { cutJson } from "#/lib/core/cut-json.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { maskUrls } from "#/lib/core/mask-urls.ts";
import { redactText } from "#/lib/core/redact-text.ts";
import type { ThreadAnswer, ThreadTask } from "#/lib/core/work-threads.ts";
import { templateFault } from "#/lib/expressions/template-fault.ts";
import { yieldToOthers } from "#/lib/core/thread-priority.ts";
import { definitionYaml } from "./definition-yaml.ts";
import { checkSchema, completeJson, SchemaFault, validateJson } from "./json-schema.ts";
import { parseDefinition } from "./parse-definition.ts";
import { storedDefinition } from "./stored-definition.ts";
import { templateReport } from "./template-faults.ts";

/** The entry of a thread: does one task at a time, until it is ended from outside. */
yieldToOthers(5);
parentPort?.on("message", (task: ThreadTask) => parentPort?.postMessage(answer(task)));
parentPort?.postMessage("ready");

function answer(task: ThreadTask): ThreadAnswer {
  try {
    return done(task);
  } catch (error) {
    if (error instanceof SchemaFault) return { refused: [{ path: error.path, message: error.fault }] };
    if (error instanceof DomainError && error.fields) return { refused: error.fields };
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

function done(task: ThreadTask): ThreadAnswer {
  const parsed = (text: string) => JSON.parse(text) as Json;
  switch (task.work) {
    case "parse": {
      const { yaml, json } = task;
      return {
        json: JSON.stringify(parseDefinition(yaml === undefined ? { json: parsed(json) } : { yaml })),
        faults: [],
      };
    }
    case "write":
      return { json: definitionYaml(parsed(task.json) as JsonObject), faults: [] };
    case "template":
      return { json: JSON.stringify(templateFault(task.text)), faults: [] };
    case "templates": {
      const definition = storedDefinition(parsed(task.definition) as JsonObject);
      return { json: JSON.stringify(templateReport(definition, new Map(task.texts))), faults: [] };
    }
    case "redact": {
      const clean = redactText(task.text, task.secrets);
      return { json: task.mask ? maskUrls(clean) : clean, faults: [] };
    }
    case "cut":
      return {
        json: JSON.stringify(cutJson(parsed(task.json), parsed(task.schema) as JsonObject, task.maxBytes)),
        faults: [],
      };
    case "rows":
      return {
        json: JSON.stringify(traceRows(JSON.parse(task.json) as TraceSkeleton, task.query, task.maxBytes)),
        faults: [],
      };
    case "check":
      return { json: "null", faults: checkSchema(parsed(task.schema) as JsonObject, task.root) };
    case "validate":
      return { json: "null", faults: validateJson(parsed(task.schema) as JsonObject, parsed(task.json), task.root) };
    case "complete": {
      const { value, faults } = completeJson(parsed(task.schema) as JsonObject, parsed(task.json), task.root);
      return { json: JSON.stringify(value), faults };
    }
  }
}
