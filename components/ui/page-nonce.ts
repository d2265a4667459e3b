/**
 * The nonce of the content security policy under which this document was loaded: what a style element needs that is made
 * in the browser. A later answer's nonce is not this document's, so it is read from the document's own scripts.
 */
export function pageNonce(): string | undefined {
  if (typeof document === "undefined") return undefined;
  return document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce || undefined;
}
