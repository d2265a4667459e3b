import { inTransaction } from "#/db/transaction.ts";
import { database } from "#/db/client.ts";
import { systemClock } from "#/lib/core/clock.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import type { Session } from "./session.ts";
import type { SpanRecord } from "./span-record.ts";

/** Ctx of the engine itself, for what it must write in the name of the system. */
export function engineCtx(workspace: Session["workspace"], requestId: string): Ctx {
  return {
    actor: { kind: "system", name: "worker" },
    workspace,
    db: database(),
    clock: systemClock,
    requestId,
  };
}

/** Audits a mutating call of a replay that is about to leave: one row, written before it does. */
export async function recordToolAudit(session: Session, span: SpanRecord): Promise<void> {
  const ctx = engineCtx(session.workspace, session.run.id);
  await inTransaction(ctx.db, (tx) =>
    recordAudit(ctx, tx, {
      action: "tool.live_mutation",
      target: session.run.id,
      details: {
        nodeId: span.nodeId,
        key: span.key,
        tool: span.effect?.tool ?? span.name,
        why: span.effect?.why ?? "",
        ...(span.effect?.grant ? { grant: span.effect.grant } : {}),
      },
    }),
  );
}

/** Audits a stored prompt text that no longer hashes to its name: it was about to be used, and was refused. */
export async function auditPromptIntegrity(
  workspace: Session["workspace"],
  runId: string,
  pin: { artifact: string; hash: string },
): Promise<void> {
  const ctx = engineCtx(workspace, runId);
  await inTransaction(ctx.db, (tx) =>
    recordAudit(ctx, tx, {
      action: "prompt.integrity_failed",
      target: pin.artifact,
      details: { contentHash: pin.hash, runId },
    }),
  );
}
