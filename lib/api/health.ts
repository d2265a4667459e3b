import { databaseState } from "#/db/readiness.ts";
import { isDraining } from "./open-streams.ts";

const headers = { "cache-control": "no-store" };
const patienceMs = 3_000;

/** The process answers. */
export function live(): Response {
  return Response.json({ status: "ok" }, { headers });
}

/** The process can serve: database reachable and migrated, not about to stop; 503 with the reason otherwise. */
export async function ready(): Promise<Response> {
  if (isDraining()) return unready("draining");
  const late = new Promise<"unreachable">((resolve) => setTimeout(() => resolve("unreachable"), patienceMs).unref());
  const state = await Promise.race([databaseState(), late]);
  if (state === "ready") return Response.json({ status: "ok" }, { headers });
  return unready(state);
}

function unready(state: string): Response {
  return Response.json({ status: state }, { status: 503, headers: { ...headers, "retry-after": "2" } });
}
