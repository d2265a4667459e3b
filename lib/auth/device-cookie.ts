import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { env } from "#/lib/core/env.ts";

/**
 * The cookie that names a browser on which somebody signed in with a password: wrong guesses from elsewhere do not delay
 * them there. Over https no other host can have set it (`__Host-`, RFC 6265bis 4.1.3.2).
 */
export function deviceCookie(): string {
  return isSecure() ? "__Host-reprise-device" : "reprise-device";
}

const lastsSeconds = 365 * 24 * 3600;

/** The device in the cookie's value, if this email signed in on it; null for none, a forged one or another email's. */
export function deviceOf(value: string | undefined, email: string): string | null {
  const [id = "", mac = ""] = (value ?? "").split(".");
  const [given, right] = [Buffer.from(mac), Buffer.from(macOf(id, email))];
  return id !== "" && given.length === right.length && timingSafeEqual(given, right) ? id : null;
}

/** The `Set-Cookie` after this email has signed in: for the same device, or a new one. */
export function rememberDevice(known: string | null, email: string): string {
  const id = known ?? randomBytes(16).toString("base64url");
  const rule = `Path=/; Max-Age=${lastsSeconds}; HttpOnly; SameSite=Lax${isSecure() ? "; Secure" : ""}`;
  return `${deviceCookie()}=${id}.${macOf(id, email)}; ${rule}`;
}

function isSecure(): boolean {
  return env("NEXTAUTH_URL").startsWith("https:");
}

function macOf(id: string, email: string): string {
  return createHmac("sha256", env("NEXTAUTH_SECRET"))
    .update(JSON.stringify(["device", id, email]))
    .digest("base64url");
}
