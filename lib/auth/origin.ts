/**
 * May a request that carries a session cookie change anything? Only when its Origin is the host it was sent to; a
 * missing, opaque or foreign one is refused. X-Forwarded-Host is not asked: a caller can set it. Pure.
 */
export function isOwnOrigin(headers: { get(name: string): string | null }): boolean {
  const origin = headers.get("origin");
  const host = headers.get("host");
  if (origin === null || host === null || !/^https?:\/\/[^/]+$/.test(origin)) return false;
  try {
    return new URL(origin).host === new URL(`${new URL(origin).protocol}//${host}`).host;
  } catch {
    return false;
  }
}
