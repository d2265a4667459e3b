import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { suggestion } from "#/lib/workflows/nearest-name.ts";
import type { ToolArguments } from "./tool-arguments.ts";

/** An operation's request, as the arguments of a tool make it. `rows` is for the tool itself. */
export type ToolRequest = {
  values: Record<string, string>;
  query: URLSearchParams;
  body: JsonObject;
  key: string | null;
  rows: JsonObject;
};

/**
 * Puts each argument where the operation expects it, and checks nothing that the operation checks: only that it is known,
 * that path and query get texts, and that the path is whole. Throws validation_failed, with paths below `arguments`. Pure.
 */
export function toolRequest({ places, schema }: ToolArguments, args: JsonObject): ToolRequest {
  const request: ToolRequest = { values: {}, query: new URLSearchParams(), body: {}, key: null, rows: {} };
  const faults: FieldError[] = [];
  const fault = (name: string, message: string) => faults.push({ path: `arguments.${name.slice(0, 200)}`, message });
  for (const [name, value] of Object.entries(args)) {
    const place = places.get(name);
    if (!place) fault(name, `unknown argument${suggestion(name, places.keys())}`);
    else if (place.in === "body") request.body[place.name] = value;
    else if (place.in === "rows") request.rows[place.name] = value;
    else if (place.in === "open") addOpen(request.query, place.name, name, value, fault);
    else addText(request, place, name, value, fault);
  }
  for (const [name, place] of places)
    if (place.in === "params" && !(place.name in request.values) && !Object.hasOwn(args, name))
      fault(name, "is missing");
  if (faults.length > 0) {
    const known = Object.keys((schema["properties"] ?? {}) as JsonObject).join(", ");
    const [first] = faults;
    throw new DomainError("validation_failed", `${first?.path}: ${first?.message}. The arguments are: ${known}.`, {
      fields: faults.slice(0, 20),
    });
  }
  return request;
}

type Fault = (name: string, message: string) => void;

function addText(
  request: ToolRequest,
  place: { in: "params" | "query"; name: string } | { in: "idempotency" },
  name: string,
  value: Json,
  fault: Fault,
): void {
  if (place.in === "idempotency") {
    if (typeof value === "string" && /^[\x20-\x7e]{1,255}$/.test(value)) request.key = value;
    else fault(name, "must be a text of 1 to 255 printable ASCII characters");
    return;
  }
  const texts = (Array.isArray(value) && place.in === "query" ? value : [value]).map(textOf);
  for (const text of texts)
    if (text === null) fault(name, "must be a text, a number, true or false");
    else if (place.in === "query") request.query.append(place.name, text);
    else request.values[place.name] = text;
}

/** `{"customer.id": "17"}` becomes `payload.customer.id=17`. */
function addOpen(query: URLSearchParams, prefix: string, name: string, value: Json, fault: Fault): void {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return fault(name, "must be an object of paths and the values there");
  for (const [path, member] of Object.entries(value)) {
    const text = textOf(member);
    if (text === null) fault(`${name}.${path}`, "must be a text, a number, true or false");
    else query.append(`${prefix}.${path}`, text);
  }
}

function textOf(value: Json): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

/** The argument that a path in a problem of the operation is about: `params.id` is `arguments.runId`. Pure. */
export function argumentPath({ places }: ToolArguments, path: string): string {
  const [, where, name = "", rest = ""] = /^(params|query|body)\.([^.[]+)(.*)$/s.exec(path) ?? [];
  if (path === "header.Idempotency-Key") return "arguments.idempotencyKey";
  for (const [argument, place] of places) {
    if (place.in === "idempotency" || place.name !== name) continue;
    const asked = place.in === "open" || place.in === "rows" ? "query" : place.in;
    if (asked === where) return `arguments.${argument}${rest}`;
  }
  return path;
}
