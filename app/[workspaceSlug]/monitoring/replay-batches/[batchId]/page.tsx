import type { Metadata } from "next";
import { z } from "zod";
import { BatchPage } from "#/components/batches/batch-page.tsx";
import { itemsPerPage } from "#/components/batches/page-sizes.ts";
import { afterOf, pageOn } from "#/lib/api/pagination.ts";
import { orNotFound } from "#/lib/auth/or-not-found.ts";
import { pageContext } from "#/lib/auth/page-context.ts";
import { getBatch } from "#/lib/batches/get-batch.ts";
import { listBatchItems } from "#/lib/batches/list-batch-items.ts";
import { BatchItemStatus } from "#/lib/contract/batch.ts";
import { actorNames } from "#/lib/tenancy/actor-names.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { abortBatchAction, pauseBatchAction, resumeBatchAction, retryBatchAction } from "../../actions.ts";
import { knownCursor } from "../known-cursor.ts";

type Props = {
  params: Promise<{ workspaceSlug: string; batchId: string }>;
  searchParams: Promise<Record<string, string | string[]>>;
};

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Batch ${(await params).batchId}` };
}

export default async function ReplayBatchPage({ params, searchParams }: Props) {
  const { workspaceSlug, batchId } = await params;
  const search = await searchParams;
  const ctx = await pageContext(workspaceSlug);
  const batch = await getBatch(ctx, batchId).catch(orNotFound);
  const status = BatchItemStatus.safeParse(search["status"]).data ?? null;
  const statuses = status === null ? [] : [status];
  // As the API lists them: the page reads on by the same cursors.
  const of = { list: "replay-batch-items", filter: { id: batchId, statuses } };
  const { page: items, cursor } = await knownCursor(search["cursor"], async (from) => {
    const after = afterOf(ctx, of, z.int(), from);
    return pageOn(ctx, of, await listBatchItems(ctx, batchId, { statuses, limit: itemsPerPage, after }));
  });
  return (
    <BatchPage
      key={`${batch.id} ${status} ${cursor}`}
      workspaceSlug={ctx.workspace.slug}
      initial={{ batch, items }}
      readAt={ctx.clock.now().getTime()}
      status={status}
      cursor={cursor}
      names={await actorNames(ctx, [batch.author])}
      actions={{
        pause: pauseBatchAction,
        resume: resumeBatchAction,
        abort: abortBatchAction,
        retry: retryBatchAction,
      }}
      submitDenied={denialOf(ctx.actor, "replay:submit")}
      cancelDenied={denialOf(ctx.actor, "run:control")}
    />
  );
}
