import type { Metadata } from "next";
import { PromptsTable } from "#/components/prompts/prompts-table.tsx";
import { pageLinks, readPage, type SearchParams, startOf } from "#/components/shell/list-pages.ts";
import { pageContext } from "#/lib/auth/page-context.ts";
import { listPrompts } from "#/lib/prompts/list-prompts.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { createPromptAction } from "../actions.ts";

export const metadata: Metadata = { title: "Prompts" };

type Props = { params: Promise<{ workspaceSlug: string }>; searchParams: Promise<SearchParams> };

export default async function PromptsPage({ params, searchParams }: Props) {
  const ctx = await pageContext((await params).workspaceSlug);
  const page = readPage(await searchParams);
  const { data, next } = await listPrompts(ctx, { limit: 50, after: startOf(page) });
  return (
    <PromptsTable
      workspaceSlug={ctx.workspace.slug}
      prompts={data}
      links={pageLinks(`/${ctx.workspace.slug}/prompts`, new URLSearchParams(), page, next)}
      writeDenied={denialOf(ctx.actor, "prompt:write")}
      create={createPromptAction}
    />
  );
}
