import type { Batch } from "#/lib/sdk/client.ts";
import type { Output } from "./output.ts";

/** How far a batch is. */
export function showBatch(output: Output, batch: Batch): void {
  if (output.isJson) return output.json(batch);
  const counts = Object.entries(batch.counts ?? {}).filter(([, count]) => count > 0);
  output.fields([
    ["Batch", batch.id],
    ["Status", batch.status],
    ["Replays", `${batch.total}: ${counts.map(([name, count]) => `${count} ${name}`).join(", ")}`],
  ]);
}
