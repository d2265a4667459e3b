import type { z } from "zod";
import type { Json } from "#/lib/contract/json.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import { nodeTypes } from "./definition.ts";
import { suggestion } from "./nearest-name.ts";
import { pathSegment } from "./schema-messages.ts";

type Issue = z.core.$ZodIssue;

/** A zod path as text: `nodes[2].http.method`, below `root`. */
function pathText(path: readonly PropertyKey[], root = ""): string {
  return `${root}${path.map((part) => (typeof part === "number" ? `[${part}]` : pathSegment(String(part)))).join("")}`.replace(
    /^\./,
    "",
  );
}

/** zod's issues as field errors that say what is expected and what was found. `value` is what was parsed. */
export function structureFaults(issues: readonly Issue[], value: Json, root = ""): FieldError[] {
  return issues.flatMap((issue) => faultsOf(issue, value, root));
}

function faultsOf(issue: Issue, value: Json, root: string): FieldError[] {
  const found = valueAt(value, issue.path);
  const path = pathText(issue.path, root);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownField(key, issue, root));
  if (issue.code === "invalid_union") return unionFaults(issue, value, found, root);
  if (issue.code === "invalid_key") return [{ path, message: issue.issues[0]?.message ?? "expected another name" }];
  if (
    found === undefined &&
    (issue.code === "invalid_type" || issue.code === "invalid_value" || issue.code === "custom")
  )
    return [
      {
        path,
        message:
          issue.code === "custom" && !generic.has(issue.message) ? issue.message : `required${expectation(issue)}`,
      },
    ];
  const message = messageOf(issue);
  return [{ path, message: withGot(issue) ? `${message}; got ${shown(found)}` : message }];
}

/** Messages that zod makes up for a custom check without one. */
const generic = new Set(["Invalid input"]);

function unknownField(key: string, issue: Issue, root: string): FieldError {
  const known = issue.message.replace(/^expected one of /, "");
  return {
    path: pathText([...issue.path, key], root),
    message: `unknown field${suggestion(key, known.split(", ")) || `; ${issue.message}`}`,
  };
}

function unionFaults(
  issue: Extract<Issue, { code: "invalid_union" }>,
  value: Json,
  found: Json | undefined,
  root: string,
): FieldError[] {
  const path = pathText(issue.path, root);
  if ("discriminator" in issue && issue.discriminator !== undefined) {
    const types = `expected one of ${nodeTypes.join(", ")}`;
    return [{ path, message: found === undefined ? `required: ${types}` : `${types}; got ${shown(found)}` }];
  }
  const branches = issue.errors.filter((errors) => errors.length > 0);
  const isObject = typeof found === "object" && found !== null && !Array.isArray(found);
  if (!isObject || branches.length === 0 || Object.keys(found).length === 0)
    return [{ path, message: `${found === undefined ? "required: " : ""}expected { artifact, hash } or { text }` }];
  const rank = (errors: readonly Issue[]) =>
    errors.reduce((sum, error) => sum + (error.code === "unrecognized_keys" ? 2 : 1), 0);
  const [nearest = []] = branches.toSorted((left, right) => rank(left) - rank(right));
  const inner = nearest.map((error) => ({ ...error, path: [...issue.path, ...error.path] }) as Issue);
  return structureFaults(inner, value, root);
}

function expectation(issue: Issue): string {
  if (issue.code === "invalid_type") return `: expected ${typeWord(issue.expected)}`;
  if (issue.code === "invalid_value") return `: ${messageOf(issue)}`;
  return "";
}

function withGot(issue: Issue): boolean {
  return issue.code !== "custom" && issue.code !== "too_big" && !issue.message.startsWith("expected true: ");
}

function messageOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return `expected ${typeWord(issue.expected)}`;
    case "invalid_value":
      if (issue.message.startsWith("expected ")) return issue.message;
      return issue.values.length === 1
        ? `expected ${JSON.stringify(issue.values[0])}`
        : `expected one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return `expected ${sizeWord("at least", Number(issue.minimum), issue.origin)}`;
    case "too_big":
      return `expected ${sizeWord("at most", Number(issue.maximum), issue.origin)}`;
    default:
      return issue.message;
  }
}

function typeWord(expected: string): string {
  if (expected === "int") return "a whole number";
  return expected === "array" || expected === "object" ? `an ${expected}` : `a ${expected}`;
}

function sizeWord(bound: string, limit: number, origin: string): string {
  if (origin === "string") return `${bound} ${limit} characters`;
  return origin === "array"
    ? `${bound} ${limit} ${limit === 1 ? "entry" : "entries"}`
    : `a number of ${bound} ${limit}`;
}

function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  if (typeof value === "object") return "an object";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function valueAt(value: Json, path: readonly PropertyKey[]): Json | undefined {
  let current: Json | undefined = value;
  for (const part of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, part)) return undefined;
    current = (current as Record<PropertyKey, Json>)[part];
  }
  return current;
}
