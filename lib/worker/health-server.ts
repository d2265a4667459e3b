import { createServer, type IncomingMessage, type Server } from "node:http";
import { AggregatorRegistry } from "prom-client";
import { databaseState } from "#/db/readiness.ts";
import { logger } from "#/lib/core/logger.ts";
import { metrics } from "#/lib/core/metrics.ts";
import { metricsAccess } from "#/lib/core/metrics-access.ts";
import { refreshRunGauges } from "#/lib/runs/run-gauges.ts";
import type { ThreadMetrics } from "./long-runs.ts";

type Watched = { isDraining: boolean; longMetrics(): Promise<ThreadMetrics> };
type Answer = { status: number; body: string; type?: string };

const patienceMs = 3000;
const json = (status: number, state: string): Answer => ({ status, body: JSON.stringify({ status: state }) });

/**
 * The worker's own small HTTP server: `/health/live`, `/health/ready` (503 while it drains or the database is away) and
 * `/metrics` (needs REPRISE_METRICS_TOKEN). Rejects when it cannot listen on the address.
 */
export async function startHealthServer(address: { host: string; port: number }, worker: Watched): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(request, worker)
      .catch((error: unknown): Answer => {
        logger.error({ err: error }, "health server failed");
        return json(500, "error");
      })
      .then(({ status, body, type = "application/json" }) =>
        response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(body),
      );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address.port, address.host, resolve);
  });
  return server;
}

async function answer(request: IncomingMessage, worker: Watched): Promise<Answer> {
  const path = (request.url ?? "").split("?")[0];
  if (request.method !== "GET") return json(405, "method_not_allowed");
  if (path === "/health/live") return json(200, "ok");
  if (path === "/health/ready") return readiness(worker);
  if (path === "/metrics") return exposition(request.headers.authorization ?? null, worker);
  return json(404, "not_found");
}

async function readiness(worker: Watched): Promise<Answer> {
  if (worker.isDraining) return json(503, "draining");
  const late = new Promise<"unreachable">((resolve) => setTimeout(() => resolve("unreachable"), patienceMs).unref());
  const state = await Promise.race([databaseState(), late]);
  return state === "ready" ? json(200, "ok") : json(503, state);
}

async function exposition(authorization: string | null, worker: Watched): Promise<Answer> {
  const access = metricsAccess(authorization);
  if (access !== "allowed") return access === "off" ? json(404, "not_found") : json(401, "unauthenticated");
  await refreshRunGauges();
  return { status: 200, body: await allMetrics(await worker.longMetrics()), type: metrics.contentType };
}

/** What both threads have measured, added up; what concerns the process only this one knows. */
async function allMetrics(ofThread: ThreadMetrics): Promise<string> {
  if (ofThread.length === 0) return metrics.metrics();
  const isOurs = (name: string) => name.startsWith("reprise_");
  const here = await metrics.getMetricsAsJSON();
  const ofProcess = here.filter(({ name }) => !isOurs(name)).map(({ name }) => metrics.getSingleMetricAsString(name));
  const ours = AggregatorRegistry.aggregate([here.filter(({ name }) => isOurs(name)), ofThread]).metrics();
  return [...(await Promise.all([...ofProcess, ours]))].join("\n\n");
}
