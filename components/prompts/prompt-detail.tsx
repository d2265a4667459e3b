import { PageHeader } from "#/components/ui/page-header.tsx";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import type { ServerAction } from "#/components/shell/use-server-action.ts";
import type { PromptRevisionView, PromptSummary } from "#/lib/contract/prompt.ts";
import { DeletePrompt } from "./delete-prompt.tsx";
import { type CreateRevisionAction, NewRevision } from "./new-revision.tsx";
import type { PromptQuery } from "./prompt-query.ts";
import { RevisionBody } from "./revision-body.tsx";
import { RevisionsList } from "./revisions-list.tsx";

export type PromptDetailProps = {
  workspaceSlug: string;
  prompt: PromptSummary;
  query: PromptQuery;
  /** One page of the list, newest first, without texts. */
  revisions: Omit<PromptRevisionView, "text">[];
  /** Revision number before which the next page starts; null on the last. */
  older: number | null;
  /** The revision on screen. */
  shown: PromptRevisionView;
  /** The one it is compared with. */
  against: PromptRevisionView | null;
  names: Record<string, string>;
  writeDenied: string | null;
  actions: { createRevision: CreateRevisionAction; deletePrompt: ServerAction<{ id: string }> };
};

/** One artifact: its revisions, the text of one, and what differs between two. */
export function PromptDetail(props: PromptDetailProps) {
  const { workspaceSlug, prompt, shown, writeDenied, actions } = props;
  const path = `/${workspaceSlug}/prompts/${prompt.id}`;
  return (
    <div className="flex min-h-0 grow flex-col">
      <PageHeader
        title={prompt.name}
        actions={
          <>
            <DeletePrompt
              prompt={prompt}
              listPath={`/${workspaceSlug}/prompts`}
              denied={writeDenied}
              deletePrompt={actions.deletePrompt}
            />
            <NewRevision
              key={shown.contentHash}
              id={prompt.id}
              path={path}
              base={shown}
              known={Object.fromEntries(props.revisions.map((each) => [each.contentHash, each.revision]))}
              denied={writeDenied}
              createRevision={actions.createRevision}
            />
          </>
        }
      >
        <span className="inline-flex items-center gap-0.5 font-mono text-sm break-all">
          {prompt.id}
          <CopyButton value={prompt.id} label="Copy the artifact id" />
        </span>
      </PageHeader>
      <div className="flex min-h-0 grow flex-col lg:flex-row">
        <RevisionsList {...props} path={path} />
        <RevisionBody {...props} path={path} />
      </div>
    </div>
  );
}
