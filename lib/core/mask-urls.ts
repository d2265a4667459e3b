import { isSecretParameter } from "./secret-names.ts";

/** What replaces a secret. */
export const redactedMark = "[redacted]";

/** `scheme://` and all that may be user info: up to the last `@` before the path. */
const userInfo = /\b([a-z][a-z0-9+.-]{0,31}:(?:\/\/|\\\/\\\/))([^\s/?#\\"'<>]*)@/gi;
/** A parameter of a query or a fragment; in HTML `&` is written as an entity. */
const parameter = /([?&#]|&amp;)([^\s?&#=;"'<>]{1,100})=([^\s&#"'<>\\]+)/gi;

/**
 * A text with the credentials in its URLs masked: user info, and the values of well-known secret parameters
 * (secret-names.ts), in absolute and relative URLs. All else stays as it is; text that is a template is no credential.
 */
export function maskUrls(text: string): string {
  const plain = text.includes("@") ? text.replace(userInfo, maskUserInfo) : text;
  return plain.includes("=") ? plain.replace(parameter, maskParameter) : plain;
}

function maskUserInfo(_whole: string, scheme: string): string {
  return `${scheme}${redactedMark}@`;
}

function maskParameter(whole: string, before: string, name: string, value: string): string {
  if (value.startsWith("{{") || value.startsWith(redactedMark) || !isSecretParameter(name)) return whole;
  return `${before}${name}=${redactedMark}`;
}
