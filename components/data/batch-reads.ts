import type { Batch, BatchItem, BatchPreflight, BatchRequest, BatchSummary } from "#/lib/contract/batch.ts";
import type { Page } from "#/lib/contract/page.ts";
import { askJson, readJson } from "./request.ts";

function path(workspace: string, rest: string, query: Record<string, string> = {}): string {
  return `/api/v1/replay-batches${rest}?${new URLSearchParams({ workspace, ...query })}`;
}

/** What a batch of this request would run into and do. Takes a while for many runs. */
export function askBatchPreflight(
  workspace: string,
  request: BatchRequest,
  signal: AbortSignal,
): Promise<BatchPreflight> {
  return askJson(path(workspace, "/preflight"), request, signal);
}

/** A page of the list; `search` holds its limit and cursor. */
export function readBatches(
  workspace: string,
  search: Record<string, string>,
  signal: AbortSignal,
): Promise<Page<BatchSummary>> {
  return readJson(path(workspace, "", search), signal);
}

/** A batch and a page of its items, as they are at about the same time. */
export async function readBatch(
  workspace: string,
  id: string,
  items: Record<string, string>,
  signal: AbortSignal,
): Promise<{ batch: Batch; items: Page<BatchItem> }> {
  const one = `/${encodeURIComponent(id)}`;
  const [batch, page] = await Promise.all([
    readJson<Batch>(path(workspace, one), signal),
    readJson<Page<BatchItem>>(path(workspace, `${one}/items`, items), signal),
  ]);
  return { batch, items: page };
}
