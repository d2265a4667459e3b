import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { PromptDetail } from "#/components/prompts/prompt-detail.tsx";
import { parsePromptQuery, revisionsPerPage } from "#/components/prompts/prompt-query.ts";
import type { SearchParams } from "#/components/shell/list-pages.ts";
import { orNotFound } from "#/lib/auth/or-not-found.ts";
import { pageContext } from "#/lib/auth/page-context.ts";
import { getPrompt } from "#/lib/prompts/get-prompt.ts";
import { getRevision } from "#/lib/prompts/get-revision.ts";
import { listRevisionSummaries } from "#/lib/prompts/list-revisions.ts";
import { actorNames } from "#/lib/tenancy/actor-names.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { createRevisionAction, deletePromptAction } from "../actions.ts";

export const metadata: Metadata = { title: "Prompt" };

type Props = { params: Promise<{ workspaceSlug: string; promptId: string }>; searchParams: Promise<SearchParams> };

/** Without a `loading.tsx`: whether the revision exists depends on the query, which a layout above one does not see. */
export default async function PromptPage({ params, searchParams }: Props) {
  const { workspaceSlug, promptId } = await params;
  const ctx = await pageContext(workspaceSlug);
  const query = parsePromptQuery(await searchParams);
  const [prompt, list] = await Promise.all([
    getPrompt(ctx, promptId),
    listRevisionSummaries(ctx, promptId, { limit: revisionsPerPage, before: query.before }),
  ]).catch(orNotFound);
  const revision = async (hash: string | null) =>
    hash === null ? null : await getRevision(ctx, promptId, hash).catch(orNotFound);
  const [shown, against, names] = await Promise.all([
    revision(query.revision ?? prompt.latestHash),
    revision(query.against),
    actorNames(
      ctx,
      list.data.map((each) => each.createdBy),
    ),
  ]);
  if (!shown) notFound();
  return (
    <PromptDetail
      workspaceSlug={ctx.workspace.slug}
      prompt={prompt}
      query={query}
      revisions={list.data}
      older={list.next}
      shown={shown}
      against={against?.contentHash === shown.contentHash ? null : against}
      names={names}
      writeDenied={denialOf(ctx.actor, "prompt:write")}
      actions={{ createRevision: createRevisionAction, deletePrompt: deletePromptAction }}
    />
  );
}
