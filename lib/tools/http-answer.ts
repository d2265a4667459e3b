import type { Json } from "#/lib/contract/json.ts";
import { parseIfJson } from "#/lib/core/parse-json.ts";

/** Headers of an answer that the trace keeps; the others may hold cookies or say nothing about the call. */
const keptHeaders = [
  "content-type",
  "content-language",
  "date",
  "etag",
  "last-modified",
  "link",
  "location",
  "retry-after",
  "request-id",
  "x-request-id",
  "idempotent-replayed",
  "ratelimit",
  "ratelimit-policy",
  "traceparent",
];

/** The kept headers of a response, names in lower case. */
export function selectHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    keptHeaders.flatMap((name) => (headers.has(name) ? [[name, headers.get(name) ?? ""]] : [])),
  );
}

/**
 * The body as data: JSON when its content type says so and it parses, `{ contentType, base64 }` for bytes that are not
 * text, else text in the declared charset, whatever it looks like. Throws a DomainError for JSON that cannot be stored
 * or has too many values (core/parse-json.ts).
 */
export function decodeBody(bytes: Uint8Array, contentType: string | null): Json {
  const mime = (contentType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (/^(image|audio|video|font)\//.test(mime) || /^application\/(octet-stream|pdf|zip|gzip|wasm)$/.test(mime))
    return { contentType: mime, base64: Buffer.from(bytes).toString("base64") };
  const text = decodeText(bytes, /charset="?([\w-]+)"?/i.exec(contentType ?? "")?.[1]);
  const saysJson = mime === "application/json" || mime === "text/json" || mime.endsWith("+json");
  const parsed = saysJson ? parseIfJson(text, "body") : null;
  return parsed ? parsed.value : text;
}

function decodeText(bytes: Uint8Array, charset: string | undefined): string {
  try {
    return new TextDecoder(charset ?? "utf-8").decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/**
 * What the server says went wrong, as one line of at most 300 characters; null when it does not say. Secrets are
 * blanked out before the cut, so that none survives because it was cut in two.
 */
export function faultText(body: Json, redact: (text: string) => string = (text) => text): string | null {
  const text = typeof body === "string" ? (body.trimStart().startsWith("<") ? null : body) : messageIn(body);
  const line =
    text === null
      ? ""
      : redact(text)
          .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
          .trim();
  if (line === "") return null;
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

function messageIn(body: Json, depth = 0): string | null {
  if (typeof body === "string") return body;
  if (typeof body !== "object" || body === null || Array.isArray(body) || depth > 3) return null;
  for (const name of ["detail", "message", "error", "error_description", "title"]) {
    const found = Object.hasOwn(body, name) ? messageIn(body[name] ?? null, depth + 1) : null;
    if (found) return found;
  }
  return null;
}

/** The wait in ms that a `Retry-After` header gives, in seconds or as a date (RFC 9110, 10.2.3); null if unreadable. */
export function parseRetryAfterMs(value: string | null, now: Date): number | null {
  if (value === null || value.trim() === "") return null;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Math.min(Math.round(Number(value) * 1000), Number.MAX_SAFE_INTEGER);
  const at = /[A-Za-z]/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}
