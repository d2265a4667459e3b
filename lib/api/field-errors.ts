import { z, type ZodError } from "zod";
import type { FieldError } from "#/lib/contract/problem.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { suggestion } from "#/lib/workflows/nearest-name.ts";

const maxFields = 20;

/** Parses one part of a request. Throws validation_failed with a path such as `body.replay.allowMutations`. */
export function parsePart<S extends z.ZodType>(
  part: "params" | "query" | "body",
  schema: S,
  value: unknown,
): z.output<S> {
  const parsed = schema.safeParse(value);
  const unseen = schema instanceof z.ZodObject && parsed.success ? protoFields(part, value) : [];
  if (parsed.success && unseen.length === 0) return parsed.data;
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const fields = parsed.success ? unseen : fieldErrors(part, parsed.error, known);
  throw new DomainError("validation_failed", summaryOf(fields), { fields, cause: parsed.error });
}

/** zod silently drops an own `__proto__` where undeclared names are allowed. */
function protoFields(part: string, value: unknown): FieldError[] {
  const isThere = typeof value === "object" && value !== null && Object.hasOwn(value, "__proto__");
  return isThere ? [{ path: `${part}.__proto__`, message: "unknown field" }] : [];
}

/** What zod found, with paths below `part`; an unknown field has its own path and the nearest name in `known`. */
export function fieldErrors(part: string, error: ZodError, known: string[] = []): FieldError[] {
  const fields = error.issues.slice(0, maxFields).flatMap((issue): FieldError[] => {
    const path = pathOf(part, issue.path);
    if (issue.code === "unrecognized_keys")
      return issue.keys.slice(0, maxFields).map((key) => ({
        path: pathOf(path, [key]),
        message: `unknown field${suggestion(key, issue.path.length === 0 ? known : [])}`,
      }));
    return [{ path, message: issue.message }];
  });
  return fields.slice(0, maxFields);
}

/** One line for `detail`: the first fault, and how many more there are. */
export function summaryOf(fields: FieldError[]): string {
  const first = fields[0];
  if (!first) return "The request is not valid.";
  const more = fields.length > 1 ? ` (and ${fields.length - 1} more)` : "";
  return `${first.path}: ${first.message}${more}`;
}

function pathOf(start: string, steps: readonly PropertyKey[]): string {
  const path = steps.reduce<string>(
    (at, step) => (typeof step === "number" ? `${at}[${step}]` : `${at}.${String(step)}`),
    start,
  );
  return path.length > 200 ? `${path.slice(0, 200)}…` : path;
}
