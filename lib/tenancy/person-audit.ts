import type { Transaction } from "#/db/client.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import { newId } from "#/lib/core/ids.ts";
import type { AuditAction } from "./audit.ts";
import { insertAuditEvent } from "./audit-store.ts";
import { selectMembershipsOf } from "./member-store.ts";

/** Who acts outside any workspace: a signed-in person, or the holder of a link that names one. */
export type Person = { userId: string; requestId: string };

/**
 * Records what a person did to their own access, in that transaction, in the log of each of their workspaces: a log
 * belongs to one workspace, and each must know.
 */
export async function recordForPerson(
  tx: Transaction,
  person: Person,
  event: { action: AuditAction; details?: JsonObject },
): Promise<void> {
  for (const { workspaceId, accountId } of await selectMembershipsOf(tx, person.userId))
    await insertAuditEvent(tx, {
      id: newId("audit"),
      accountId,
      workspaceId,
      action: event.action,
      actorKind: "user",
      actorId: person.userId,
      target: person.userId,
      details: event.details ?? {},
      requestId: person.requestId,
    });
}
