import { textFault } from "#/lib/contract/text.ts";

/**
 * The identity of a prompt text, computed in the browser: `sha256:` + hex of its UTF-8 bytes, nothing normalised. Null
 * when it cannot be computed: the page is not in a secure context, or the text has a lone surrogate and so no UTF-8
 * form.
 */
export async function browserHash(text: string): Promise<string | null> {
  // Only present in secure contexts, whatever the types say.
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle || !text.isWellFormed()) return null;
  const digest = await subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256:${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Why a text cannot be a revision; null when it can. The same rules as the server's. Pure. */
export function revisionFault(text: string): string | null {
  if (text === "") return "Enter the text of the revision.";
  if (text.length > 1_000_000) return "The text can have at most 1,000,000 characters.";
  const fault = textFault(text);
  return fault && `The text ${fault}.`;
}
