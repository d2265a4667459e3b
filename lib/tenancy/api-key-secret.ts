import { randomBytes } from "node:crypto";
import { sha256Hex } from "#/lib/core/hash.ts";

const secretPattern = /^rp_live_[A-Za-z0-9_-]{32,128}$/;

/** A fresh secret: `rp_live_` and 43 URL-safe characters (256 random bits). */
export function newApiKeySecret(): string {
  return `rp_live_${randomBytes(32).toString("base64url")}`;
}

/** What is stored and looked up. A plain hash is enough, as the secret is random; lookup by it leaks no timing. */
export function apiKeyHash(secret: string): string | null {
  return secretPattern.test(secret) ? sha256Hex(secret) : null;
}

/** Enough to recognise a key in a list, far too little to guess it. */
export function apiKeyPrefix(secret: string): string {
  return secret.slice(0, 12);
}
