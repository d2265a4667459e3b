import { databaseState } from "#/db/readiness.ts";

const headers = { "cache-control": "no-store" };
const patienceMs = 3_000;

/** The process answers. */
export function live(): Response {
  return Response.json({ status: "ok" }, { headers });
}

/** The process can serve: database reachable and migrated; 503 with the reason otherwise. */
export async function ready(): Promise<Response> {
  const late = new Promise<"unreachable">((resolve) => setTimeout(() => resolve("unreachable"), patienceMs).unref());
  const state = await Promise.race([databaseState(), late]);
  if (state === "ready") return Response.json({ status: "ok" }, { headers });
  return Response.json({ status: state }, { status: 503, headers: { ...headers, "retry-after": "2" } });
}
