import type { Transaction } from "#/db/client.ts";
import { measureTools } from "./store.ts";

/** The most tools of a workspace, and bytes of all their definitions: lists and runs read many of them at once. */
const maxTools = 2000;
const maxBytes = 8 * 1024 * 1024;

/**
 * Why the workspace cannot have the tools that it has now; null when it can. Asked at the end of the transaction that
 * adds tools; of two at the same time each sees only its own.
 */
export async function toolRoomFault(tx: Transaction, workspaceId: string): Promise<string | null> {
  const { count, bytes } = await measureTools(tx, workspaceId);
  if (count > maxTools) return `the workspace would have more than ${maxTools} tools`;
  if (bytes <= maxBytes) return null;
  return `the definitions of the workspace's tools would together be larger than ${maxBytes / 1024 / 1024} MiB`;
}
