import { MessageSquareText } from "lucide-react";
import { Link } from "#/components/ui/link.tsx";
import { countOnPage } from "#/components/shell/list-pages.ts";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import { EmptyState } from "#/components/ui/empty-state.tsx";
import { shortId } from "#/components/ui/format.ts";
import { HashText } from "#/components/ui/hash-text.tsx";
import { LinkPager } from "#/components/ui/link-pager.tsx";
import { PageHeader } from "#/components/ui/page-header.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import { Table, TableCell, TableHead, TableHeaderCell, TableRow } from "#/components/ui/table.tsx";
import type { PromptSummary } from "#/lib/contract/prompt.ts";
import { type CreatePromptAction, NewPrompt } from "./new-prompt.tsx";

/** The workspace's prompt artifacts, newest first. */
export function PromptsTable({
  workspaceSlug,
  prompts,
  links,
  writeDenied,
  create,
}: {
  workspaceSlug: string;
  prompts: PromptSummary[];
  links: { previous: string | null; next: string | null };
  writeDenied: string | null;
  create: CreatePromptAction;
}) {
  return (
    <div className="flex min-h-0 grow flex-col">
      <PageHeader
        title="Prompts"
        actions={<NewPrompt workspaceSlug={workspaceSlug} denied={writeDenied} create={create} />}
      >
        A prompt artifact has immutable revisions. The hash of its text identifies a revision, and workflow versions pin
        that hash.
      </PageHeader>
      {prompts.length === 0 ? (
        <EmptyState icon={<MessageSquareText aria-hidden />} title="No prompts yet">
          Create one with “New prompt”, or push a file:{" "}
          <code className="font-mono">npx reprise prompts push FILE --name NAME</code>
        </EmptyState>
      ) : (
        <>
          <Table
            label="Prompt artifacts"
            boxClassName="min-h-0"
            className="[&_:is(td,th):first-child]:pl-3 md:[&_:is(td,th):first-child]:pl-4"
          >
            <TableHead>
              <tr>
                <TableHeaderCell>Name</TableHeaderCell>
                <TableHeaderCell>Artifact id</TableHeaderCell>
                <TableHeaderCell numeric>Revisions</TableHeaderCell>
                <TableHeaderCell>Latest content hash</TableHeaderCell>
                <TableHeaderCell>Created</TableHeaderCell>
              </tr>
            </TableHead>
            <tbody>
              {prompts.map((prompt) => (
                <PromptRow key={prompt.id} prompt={prompt} workspaceSlug={workspaceSlug} />
              ))}
            </tbody>
          </Table>
          <LinkPager count={countOnPage(prompts.length, "prompt", links)} {...links} />
        </>
      )}
    </div>
  );
}

function PromptRow({ prompt, workspaceSlug }: { prompt: PromptSummary; workspaceSlug: string }) {
  const { id, name, latestHash } = prompt;
  return (
    <TableRow className="hover:bg-hover">
      <TableCell className="max-w-80 truncate">
        <Link href={`/${workspaceSlug}/prompts/${id}`} className="rounded-sm font-medium hover:underline">
          {name}
        </Link>
      </TableCell>
      <TableCell>
        <span className="inline-flex items-center gap-0.5 font-mono text-sm" title={id}>
          {shortId(id, 12, 6)}
          <CopyButton value={id} label={`Copy the id of ${name}`} />
        </span>
      </TableCell>
      <TableCell numeric>{prompt.revisions}</TableCell>
      <TableCell>
        {latestHash ? <HashText hash={latestHash} label={`Copy the latest hash of ${name}`} /> : "–"}
      </TableCell>
      <TableCell className="text-ink-muted">
        <RelativeTime iso={prompt.createdAt} />
      </TableCell>
    </TableRow>
  );
}
