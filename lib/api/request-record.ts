import { logger } from "#/lib/core/logger.ts";
import { histogram } from "#/lib/core/metrics.ts";

const requestSeconds = histogram({
  name: "reprise_http_request_duration_seconds",
  help: "API requests until their answer begins, by route and status",
  labels: ["route", "status"],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
});

/** Answers a request of `route` (method and template, never the path itself), counts it, and logs one line about it. */
export async function recordRequest(route: string, answer: () => Promise<Response>): Promise<Response> {
  const since = performance.now();
  const response = await answer();
  const ms = performance.now() - since;
  const { status } = response;
  requestSeconds.observe({ route, status }, ms / 1000);
  const isPlainRead = route.startsWith("GET ") && status < 400;
  logger[isPlainRead ? "debug" : "info"]({ route, status, ms: Math.round(ms) }, "request");
  return response;
}
