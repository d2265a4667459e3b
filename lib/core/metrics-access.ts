import { timingSafeEqual } from "node:crypto";
import { env } from "./env.ts";
import { sha256Hex } from "./hash.ts";

/**
 * May a request with this Authorization header read the metrics? `off` without REPRISE_METRICS_TOKEN: behind a proxy every
 * caller comes from the loopback address, so that address proves nothing, and there is no default that would be safe.
 */
export function metricsAccess(authorization: string | null): "allowed" | "refused" | "off" {
  const token = env("REPRISE_METRICS_TOKEN");
  if (token === undefined) return "off";
  const given = /^Bearer (.+)$/i.exec(authorization ?? "")?.[1] ?? "";
  return timingSafeEqual(Buffer.from(sha256Hex(given)), Buffer.from(sha256Hex(token))) ? "allowed" : "refused";
}
