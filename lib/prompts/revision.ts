import { contentHashPattern } from "#/lib/contract/prompt.ts";
import { contentHash } from "#/lib/core/hash.ts";

/**
 * The identity of a prompt text: `sha256:` + hex of its UTF-8 bytes, nothing normalised (product contract, "Words").
 */
export function promptHash(text: string): string {
  return contentHash(text);
}

/** Whether the text still has this identity. */
export function isTextOf(text: string, hash: string): boolean {
  return promptHash(text) === hash;
}

/** Whether this is a well-formed prompt hash. Upper-case hex is not. */
export function isPromptHash(hash: string): boolean {
  return contentHashPattern.test(hash);
}
