import type { BulkReplay } from "#/lib/sdk/client.ts";
import { unknown } from "./format.ts";
import type { Output } from "./output.ts";

/** How far a batch is, and what became of each run. */
export function showBatch(output: Output, batch: BulkReplay): void {
  if (output.isJson) return output.json(batch);
  const counts = Object.entries(batch.counts ?? {}).filter(([, count]) => count > 0);
  output.fields([
    ["Batch", batch.id],
    ["Status", batch.status],
    ["Replays", `${batch.total}: ${counts.map(([name, count]) => `${count} ${name}`).join(", ")}`],
  ]);
  if (!batch.items?.length) return;
  output.line();
  output.table(
    [
      { title: "RUN" },
      { title: "REPLAY" },
      { title: "STATUS", paint: (cell) => output.paintStatus(cell) },
      { title: "CODE" },
    ],
    batch.items.map(({ runId, newRunId, status, code }) => [runId, newRunId ?? unknown, status, code ?? ""]),
  );
}
