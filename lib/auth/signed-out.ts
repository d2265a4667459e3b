import { sessionMaxAgeMs } from "./session-age.ts";

/** Sessions that signed out in this process, until they would have ended anyway. On globalThis: see db/client.ts. */
const signedOut = ((globalThis as { repriseSignedOut?: Map<string, number> }).repriseSignedOut ??= new Map());
const maxKept = 50_000;

/** Remembers that a session has signed out: its cookie is refused and its streams end. */
export function rememberSignOut(sessionId: string, nowMs = Date.now()): void {
  for (const [id, until] of signedOut) {
    if (until > nowMs && signedOut.size < maxKept) break;
    signedOut.delete(id);
  }
  signedOut.set(sessionId, nowMs + sessionMaxAgeMs);
}

export function hasSignedOut(sessionId: string): boolean {
  return signedOut.has(sessionId);
}
