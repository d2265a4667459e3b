import { randomBytes } from "node:crypto";
import { sha256Hex } from "#/lib/core/hash.ts";

const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

/** A fresh secret for a link (256 random bits) and what is stored of it. */
export function newLinkToken(): { token: string; hash: string } {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: sha256Hex(token) };
}

/** What a token is looked up by; null for what cannot be one. A plain hash is enough, as the token is random. */
export function linkTokenHash(token: string): string | null {
  return tokenPattern.test(token) ? sha256Hex(token) : null;
}
