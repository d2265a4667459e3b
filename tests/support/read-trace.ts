import type { TraceSkeleton } from "#/lib/contract/trace.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { readTraceText } from "#/lib/traces/read-trace.ts";

/** The skeleton of a run, as a client reads it. */
export async function readTrace(ctx: Ctx, id: string): Promise<TraceSkeleton> {
  return JSON.parse(await readTraceText(ctx, id)) as TraceSkeleton;
}
