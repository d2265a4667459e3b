import { contentHashPattern } from "#/lib/contract/prompt.ts";
import { contentHash } from "#/lib/core/hash.ts";

/** The identity of a prompt text: `sha256:` + hex of its UTF-8 bytes, nothing normalised (product contract, "Words"). */
export function promptHash(text: string): string {
  return contentHash(text);
}

/** Does the text still have this identity? */
export function isTextOf(text: string, hash: string): boolean {
  return promptHash(text) === hash;
}

/** Is this the form of a prompt hash at all? Upper-case hex is not. */
export function isPromptHash(hash: string): boolean {
  return contentHashPattern.test(hash);
}
