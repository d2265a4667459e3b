/**
 * The nonce of the content security policy under which this document was loaded; a style element made in the browser
 * needs it. A later answer's nonce is not this document's, so it is read from the document's own scripts.
 */
export function pageNonce(): string | undefined {
  if (typeof document === "undefined") return undefined;
  return document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce || undefined;
}
