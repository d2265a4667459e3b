import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormatsModule from "ajv-formats";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { BoundedCache } from "#/lib/expressions/bounded-cache.ts";
import { CelFault } from "#/lib/expressions/cel-fault.ts";
import { checkPattern, linearTest } from "#/lib/expressions/linear-regex.ts";
import { schemaFault, valueFaults } from "./schema-messages.ts";
import { maxFormatLength } from "./value-size.ts";

/** Largest schema, in characters of its JSON. */
const maxSchemaSize = 256 * 1024;
const maxErrors = 20;

// A CommonJS default export: its type and its value differ in where `default` stands.
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;

/** A schema's validator, and the one that also puts its defaults into what it validates; null when it has none. */
type Compiled = { validate: ValidateFunction; complete: ValidateFunction | null };

const compiled = new BoundedCache<Compiled>(500);
const byIdentity = new WeakMap<object, Compiled>();

/*
 * Everything here works at once and for as long as it takes. Tenants' schemas come through bounded-schema.ts, which
 * knows what they may cost and does expensive work off the event loop.
 */

/**
 * Validates a value against a JSON Schema (2020-12, formats asserted). Empty when it fits; otherwise at most 20 faults,
 * with paths like `payload.items[0].id` below `root` and messages that say what is expected. Throws `workflow_invalid`
 * for a schema that `checkSchema` refuses.
 */
export function validateJson(schema: JsonObject, value: Json, root = "value"): FieldError[] {
  return faultsOf(compileCached(schema).validate, value, root);
}

/**
 * The value with the schema's defaults where a property is absent (also inside objects, lists and other defaults; not
 * below `anyOf`, `oneOf`, `not` and `if`, where it is open which branch holds), and what is wrong with it then: a required
 * property that has a default may be left out. `value` itself is not changed.
 */
export function completeJson(schema: JsonObject, value: Json, root = "value"): { value: Json; faults: FieldError[] } {
  const { validate, complete } = compileCached(schema);
  if (complete === null) return { value, faults: faultsOf(validate, value, root) };
  const completed = structuredClone(value);
  return { value: completed, faults: faultsOf(complete, completed, root) };
}

function faultsOf(validate: ValidateFunction, value: Json, root: string): FieldError[] {
  const outcome = untilOverflow(() => validate(value));
  if (outcome === "overflow") return [{ path: root, message: "is nested too deeply for its schema" }];
  return outcome ? [] : valueFaults((validate.errors ?? []) as ErrorObject[], value, root, maxErrors);
}

/**
 * What is wrong with a schema, empty when it can be used: not a valid 2020-12 schema, a reference that it does not hold
 * itself (nothing is ever fetched), a pattern that cannot be matched in linear time, too large. Paths are below `root`.
 */
export function checkSchema(schema: JsonObject, root = "schema"): FieldError[] {
  try {
    compileCached(schema);
    return [];
  } catch (error) {
    if (error instanceof SchemaFault) return [error.at(root)];
    throw error;
  }
}

/** A schema that cannot be used: `path` below its root (`.properties.a`), and what is wrong there. */
export class SchemaFault extends DomainError {
  readonly path: string;
  readonly fault: string;
  constructor(path: string, fault: string) {
    super("workflow_invalid", `The JSON Schema is not valid: ${path === "" ? "" : `${path}: `}${fault}`);
    this.path = path;
    this.fault = fault;
  }
  at(root: string): FieldError {
    return { path: `${root}${this.path}`, message: this.fault };
  }
}

function compileCached(schema: JsonObject): Compiled {
  const known = byIdentity.get(schema);
  if (known) return known;
  const text = JSON.stringify(schema);
  if (text.length > maxSchemaSize) throw new SchemaFault("", "the schema is larger than 256 KiB");
  const made = compiled.getOrMake(text, () => {
    const own = JSON.parse(text) as JsonObject;
    const hasDefaults = text.includes('"default":');
    return { validate: compile(own, false), complete: hasDefaults ? compile(own, true) : null };
  });
  byIdentity.set(schema, made);
  return made;
}

/** Knows only the 2020-12 meta-schema, whose patterns are harmless. */
const metaAjv = new Ajv2020({ strict: false, allErrors: false, logger: false, validateFormats: false });

/** A fresh instance for every schema: `$id`s of one tenant's schema must not be visible to another's. */
function compile(schema: JsonObject, useDefaults: boolean): ValidateFunction {
  const { $schema, ...rest } = schema;
  if ($schema !== undefined && !isKnownDialect($schema))
    throw new SchemaFault(".$schema", "expected https://json-schema.org/draft/2020-12/schema");
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    verbose: false,
    validateSchema: false,
    logger: false,
    inlineRefs: false,
    ownProperties: true,
    useDefaults,
    code: { regExp: Object.assign((pattern: string) => linearRegExp(pattern), { code: "linear" }) },
  });
  addFormats(ajv);
  limitFormats(ajv);
  const outcome = untilOverflow(() => {
    if (!metaAjv.validateSchema(rest)) return schemaFault((metaAjv.errors ?? []) as ErrorObject[]);
    return compileOrFault(ajv, rest);
  });
  if (outcome === "overflow") throw new SchemaFault("", "the schema is too complex to compile");
  if (typeof outcome === "function") return outcome;
  throw new SchemaFault(outcome.path, outcome.message);
}

/** Older dialects are read as 2020-12, which differs in little that is in use. */
function isKnownDialect(dialect: Json): boolean {
  return (
    typeof dialect === "string" &&
    /^https?:\/\/json-schema\.org\/(?:draft-0[4-7]|draft\/20(?:19-09|20-12))\/schema#?$/.test(dialect)
  );
}

function compileOrFault(ajv: Ajv2020, schema: JsonObject): ValidateFunction | FieldError {
  try {
    return ajv.compile(schema);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    const message = (error as Error).message;
    const reference = /can't resolve reference (\S+)/.exec(message)?.[1];
    if (reference)
      return { path: "", message: `the reference ${reference} is not inside the schema; nothing is fetched` };
    return { path: "", message };
  }
}

type LinearRegExp = { test(text: string): boolean; toString(): string };

function linearRegExp(pattern: string): LinearRegExp {
  try {
    checkPattern(pattern);
  } catch (error) {
    if (error instanceof CelFault)
      throw new Error(`pattern ${JSON.stringify(pattern.slice(0, 80))}: ${error.message}`, { cause: error });
    throw error;
  }
  // Ajv tells compiled patterns apart by their text.
  return { test: (text) => linearTest(pattern, text), toString: () => pattern };
}

function limitFormats(ajv: Ajv2020): void {
  for (const [name, format] of Object.entries(ajv.formats)) {
    if (typeof format !== "object" || format === null || format instanceof RegExp) {
      const test = format instanceof RegExp ? (text: string) => format.test(text) : format;
      if (typeof test === "function")
        ajv.addFormat(
          name,
          (text: string) => text.length <= maxFormatLength && (test as (text: string) => boolean)(text),
        );
    } else if ("type" in format && format.type === "number") continue;
    else limitFormatObject(ajv, name, format as { validate?: unknown });
  }
}

function limitFormatObject(ajv: Ajv2020, name: string, format: { validate?: unknown }): void {
  const { validate } = format;
  const test = validate instanceof RegExp ? (text: string) => validate.test(text) : validate;
  if (typeof test !== "function") return;
  ajv.addFormat(name, (text: string) => text.length <= maxFormatLength && (test as (text: string) => boolean)(text));
}

/** Generated code recurses with the schema and the value, until the stack overflows. */
function untilOverflow<Result>(work: () => Result): Result | "overflow" {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) return "overflow";
    throw error;
  }
}
