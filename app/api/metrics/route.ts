import { metricsResponse } from "#/lib/api/metrics.ts";

export const dynamic = "force-dynamic";

export function GET(request: Request): Promise<Response> {
  return metricsResponse(request);
}
