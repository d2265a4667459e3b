import { mergeRows } from "#/components/runs/merge-rows.ts";
import type { BatchItem } from "#/lib/contract/batch.ts";

/** The items of an answer; those that did not change keep their identity, so that they are not drawn again. Pure. */
export function mergeItems(shown: BatchItem[], fresh: BatchItem[]): BatchItem[] {
  const rows = (items: BatchItem[]) => items.map((item) => ({ id: item.runId, item }));
  return mergeRows(rows(shown), rows(fresh)).map(({ item }) => item);
}
