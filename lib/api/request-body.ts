import type { Json } from "#/lib/contract/json.ts";
import { JsonValueCount, maxJsonValues } from "#/lib/contract/json-size.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { parseJsonText, tooManyValues } from "#/lib/core/parse-json.ts";

export const maxBodyBytes = 10 * 1024 * 1024;

/** A body as it was sent. `empty` when there is none, whatever the content type. */
export type Body = { kind: "empty" } | { kind: "json"; text: string; value: Json } | { kind: "yaml"; text: string };

/**
 * What the bytes of a body say. Throws unsupported_media_type (`yaml` says whether YAML is accepted), validation_failed or
 * payload_too_large.
 */
export function bodyOf(bytes: Uint8Array, contentType: string | null, accepts: { yaml: boolean }): Body {
  if (bytes.length === 0) return { kind: "empty" };
  const kind = kindOf(contentType);
  if (kind === null || (kind === "yaml" && !accepts.yaml)) {
    const wanted = accepts.yaml ? "application/json or application/yaml" : "application/json";
    throw new DomainError("unsupported_media_type", `The body must be ${wanted}.`);
  }
  const text = textOf(bytes);
  return kind === "yaml" ? { kind, text } : { kind, text, value: parseJsonText(text) };
}

function kindOf(contentType: string | null): "json" | "yaml" | null {
  const type = contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (/^application\/([a-z0-9.+-]+\+)?json$/.test(type)) return "json";
  return /^(application|text)\/(x-)?yaml$/.test(type) ? "yaml" : null;
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const fields = [{ path: "body", message: "not valid UTF-8" }];
    throw new DomainError("validation_failed", "The body is not valid UTF-8", { fields, cause });
  }
}

/**
 * The bytes of a body, none when there is none; `pause` is waited for after each part. Throws payload_too_large for more
 * than `maxBytes`: before the first byte when the length is announced, else as soon as the limit is passed, so that no more
 * than that is held. Nor is more held of a JSON text that turns out to have too many values (the same code); it is read to
 * its end, since few clients look for an answer before they have sent everything.
 */
export async function readBytes(
  request: Request,
  maxBytes: number,
  pause: (size: number) => Promise<void> = async () => {},
): Promise<Uint8Array> {
  if (!request.body) return new Uint8Array();
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const reader = request.body.getReader();
  const values = kindOf(request.headers.get("content-type")) === "json" ? new JsonValueCount() : null;
  let chunks: Uint8Array[] = [];
  let size = 0;
  let hasTooMany = false;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > maxBytes) {
      await reader.cancel().catch(() => {});
      throw tooLarge(maxBytes);
    }
    hasTooMany ||= values !== null && values.add(latin1Of(value)) > maxJsonValues;
    if (hasTooMany) chunks = [];
    else chunks.push(value);
    await pause(value.length);
  }
  if (hasTooMany) throw tooManyValues("body");
  return Buffer.concat(chunks, size);
}

function latin1Of({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("latin1");
}

function tooLarge(maxBytes: number): DomainError {
  const shown = maxBytes < 1024 * 1024 ? `${maxBytes / 1024} KiB` : `${maxBytes / 1024 / 1024} MiB`;
  return new DomainError("payload_too_large", `The body is larger than ${shown}.`, { details: { maxBytes } });
}
