import type { Json } from "#/lib/contract/json.ts";
import { Budget } from "#/lib/expressions/cel-fault.ts";
import { type RenderedPart, renderParts, type Scope } from "#/lib/expressions/expression.ts";
import { refusedCall } from "./tool-call-error.ts";

type Part = Exclude<RenderedPart, string>;
/** Which part of a URL comes next, after what is already there. */
type Position = "start" | "authority" | "path" | "rest";

/**
 * The address that a URL template gives. A value that makes up the whole address, or its beginning (the base), stays as
 * it is, and so does a path with its `/` right after the base. Anywhere else a value fills one place and cannot leave
 * it: in the host a name or a port, in the path one percent-encoded segment or part of one, after `?` or `#` one
 * encoded value (null as an empty one). Throws ToolCallError `tool_request_refused` for what would be another address:
 * an empty, null or structured value in the path, a segment `.` or `..` however it is written, and a value in the host
 * that would end it. Templates are rendered by `scope`; errors of expressions pass through.
 */
export function fillUrl(template: string, scope: Scope, steps = new Budget()): string {
  const parts = renderParts(template.trim(), scope, steps);
  const segments: { part: Part; at: number }[] = [];
  let url = "";
  parts.forEach((part, index) => {
    if (typeof part === "string") url += part;
    else {
      const position = index === 0 ? "start" : positionBehind(url);
      if (position === "path") segments.push({ part, at: url.length });
      url += fill(part, { position, isBehindBase: index === 1 && typeof parts[0] !== "string", url, template });
    }
    assertLength(url);
  });
  const looked = new Set<number>();
  for (const { part, at } of segments) assertSegment(url, part, at, template, looked);
  return url.trim();
}

/** In characters: no server takes half of that, and code that looks through an address takes time for each one. */
const longestUrl = 65_536;

/** Throws ToolCallError for an address, or a value in one, that is longer than any server takes. */
export function assertLength(url: string): void {
  if (url.length <= longestUrl) return;
  throw refusedCall(`The address is longer than ${longestUrl} characters; nothing was sent`);
}

type Around = { position: Position; isBehindBase: boolean; url: string; template: string };

function fill(part: Part, { position, isBehindBase, url, template }: Around): string {
  const text = textOf(part.value);
  assertLength(text);
  if (position === "start") return text;
  if (position === "rest") return encoded(part.value === null ? "" : text, part, template);
  if (isBehindBase && text.startsWith("/") && !url.endsWith("/")) return withoutDotSegments(text, part, template);
  if (position === "authority") return hostText(text, { part, isBehindBase, template });
  if (part.value === null) throw refused(template, part, "is null");
  if (typeof part.value === "object") throw refused(template, part, "is not a text, number or boolean");
  if (text.trim() === "") throw refused(template, part, "is empty");
  return encoded(text, part, template);
}

/** The environment belongs to the workspace; any other value that determines the destination must stay within the host. */
function hostText(text: string, { part, isBehindBase, template }: Omit<Around, "position" | "url"> & { part: Part }) {
  const isOwn = part.variables.length > 0 && part.variables.every((name) => name === "env");
  if (isOwn || (isBehindBase && (text === "" || /^[?#]/.test(text)))) return text;
  if (!isBehindBase && /^[\p{L}\p{N}._:[\]-]+$/u.test(text)) return text;
  const hint = isBehindBase ? "; write a / between the two" : "";
  throw refused(template, part, `cannot be part of the host${hint}`);
}

function positionBehind(url: string): Exclude<Position, "start"> {
  if (/[?#]/.test(url)) return "rest";
  // Web addresses treat a backslash as a slash.
  const behindScheme = url.replace(/^\s*[a-z][a-z0-9+.-]*:[\\/]*/i, "");
  return /[\\/]/.test(behindScheme) ? "path" : "authority";
}

/**
 * The segment around a value, including literal text: servers read `%2e` and `%252e` as a dot too. One that many values
 * make up is looked at once; `looked` holds where such segments begin.
 */
function assertSegment(url: string, part: Part, at: number, template: string, looked: Set<number>): void {
  const before = Math.max(url.lastIndexOf("/", at - 1), url.lastIndexOf("\\", at - 1)) + 1;
  if (looked.has(before)) return;
  looked.add(before);
  const after = url.slice(at).search(/[\\/?#]/);
  const segment = url.slice(before, after < 0 ? undefined : at + after);
  if (isDotSegment(segment)) throw refused(template, part, "makes a path segment . or ..");
}

function withoutDotSegments(path: string, part: Part, template: string): string {
  if (path.split(/[?#]/)[0]?.split(/[\\/]/).some(isDotSegment))
    throw refused(template, part, "has a segment . or .. in its path");
  return path;
}

/** One or two dots in any spelling, with nothing else but what servers cut off. */
function isDotSegment(segment: string): boolean {
  const dots = segment.replace(/%(?:25)*2e/gi, ".").replace(/%(?:25)*(?:[01][0-9a-f]|20|7f)|[\s\p{Cc}]/giu, "");
  return dots === "." || dots === "..";
}

function encoded(text: string, part: Part, template: string): string {
  if (!text.isWellFormed()) throw refused(template, part, "contains half a character (a lone surrogate)");
  return encodeURIComponent(text);
}

/** Strings unchanged, everything else as JSON. */
function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function refused(template: string, { source }: Part, what: string) {
  return refusedCall(`The value of {{ ${clipped(source)} }} in ${clipped(template)} ${what}; nothing was sent`);
}

function clipped(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
