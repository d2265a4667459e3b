import type { Metadata } from "next";
import { BatchesList } from "#/components/batches/batches-list.tsx";
import { batchesPerPage } from "#/components/batches/page-sizes.ts";
import { readPage } from "#/lib/api/pagination.ts";
import { pageContext } from "#/lib/auth/page-context.ts";
import { listBatches } from "#/lib/batches/get-batch.ts";
import { actorNames } from "#/lib/tenancy/actor-names.ts";
import { knownCursor } from "../known-cursor.ts";

export const metadata: Metadata = { title: "Batches" };

type Props = { params: Promise<{ workspaceSlug: string }>; searchParams: Promise<Record<string, string | string[]>> };

export default async function BatchesPage({ params, searchParams }: Props) {
  const ctx = await pageContext((await params).workspaceSlug);
  const of = { list: "replay-batches", filter: {} };
  const { page, cursor } = await knownCursor((await searchParams)["cursor"], (from) =>
    readPage(ctx, of, { limit: batchesPerPage, cursor: from }, (slice) => listBatches(ctx, slice)),
  );
  return (
    <BatchesList
      key={cursor}
      workspaceSlug={ctx.workspace.slug}
      initial={page}
      readAt={ctx.clock.now().getTime()}
      cursor={cursor}
      names={await actorNames(
        ctx,
        page.data.map(({ author }) => author),
      )}
    />
  );
}
