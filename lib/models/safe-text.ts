const maxLength = 500;

/**
 * A provider's own words, made safe to show: its key and anything that looks like one, credentials in URLs and control
 * characters taken out, cut at 500 characters. Providers do echo keys ("Incorrect API key provided: …").
 */
export function safeProviderText(text: string, apiKey: string): string {
  const withoutKey = apiKey.length >= 4 ? text.replaceAll(apiKey, "[redacted]") : text;
  const clean = withoutKey
    .replaceAll(/\b(sk|rk|pk)-[A-Za-z0-9_*-]{6,}/g, "[redacted]")
    .replaceAll(/\bBearer\s+[^\s"',]+/gi, "Bearer [redacted]")
    .replaceAll(/:\/\/[^/\s@]+@/g, "://")
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim();
  return clean.length > maxLength ? `${clean.slice(0, maxLength)}…` : clean;
}
