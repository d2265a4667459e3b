import { and, asc, eq, inArray } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { spans } from "#/db/schema/runs.ts";
import type { DifferingCall } from "#/lib/contract/run.ts";
import { ofRun } from "./span-store.ts";

/**
 * The first mutating calls of a run that its original never made, or made with other arguments; in order of creation.
 */
export async function listDifferingCalls(
  db: DbHandle,
  workspaceId: string,
  runId: string,
  most: number,
): Promise<DifferingCall[]> {
  const rows = await db
    .select({ id: spans.id, kind: spans.kind, nodeId: spans.nodeId, name: spans.name, against: spans.againstOriginal })
    .from(spans)
    .where(
      and(
        ofRun(workspaceId, runId),
        eq(spans.mutating, true),
        inArray(spans.againstOriginal, ["never", "other_arguments"]),
      ),
    )
    .orderBy(asc(spans.seq))
    .limit(most);
  return rows.map((row) => ({
    spanId: row.id,
    nodeId: row.nodeId,
    name: row.kind === "tool_call" ? row.name : row.nodeId,
    differs: row.against === "never" ? "never_made" : "other_arguments",
  }));
}
