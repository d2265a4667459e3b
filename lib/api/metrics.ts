import { DomainError, notFound } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { gauge, metrics } from "#/lib/core/metrics.ts";
import { metricsAccess } from "#/lib/core/metrics-access.ts";
import { refreshRunGauges } from "#/lib/runs/run-gauges.ts";
import { problemResponse } from "./answer.ts";
import { openStreamCount } from "./open-streams.ts";

const streams = gauge({ name: "reprise_event_streams", help: "Server-sent event streams open in this process" });

/** What this web process measures and what the database knows, in Prometheus' text format; see docs/operations.md. */
export async function metricsResponse(request: Request): Promise<Response> {
  const access = metricsAccess(request.headers.get("authorization"));
  if (access !== "allowed") {
    const refusal =
      access === "off"
        ? notFound("Resource")
        : new DomainError("unauthenticated", "The metrics token is missing or wrong.");
    return problemResponse(refusal, newId("request"), "GET /api/metrics");
  }
  await refreshRunGauges();
  streams.set(openStreamCount());
  const headers = { "content-type": metrics.contentType, "cache-control": "no-store" };
  return new Response(await metrics.metrics(), { headers });
}
