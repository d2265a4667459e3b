"use client";

import { Link } from "#/components/ui/link.tsx";
import { promptsQuery, revisionQuery } from "#/components/data/workspace-reads.ts";
import { useRead } from "#/components/data/use-read.ts";
import { Button } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import { formatTimestamp } from "#/components/ui/format.ts";
import { Skeleton } from "#/components/ui/skeleton.tsx";
import type { Run } from "#/lib/contract/run.ts";
import { Fact, Facts, PartTitle } from "./facts.tsx";

/** The prompt revision that a step used: its identity and its text as stored. */
export function SpanPrompt({
  run,
  contentHash,
  workspaceSlug,
}: {
  run: Pick<Run, "prompts">;
  contentHash: string;
  workspaceSlug: string;
}) {
  const artifactId = run.prompts.find((prompt) => prompt.contentHash === contentHash)?.artifactId ?? null;
  const names = useRead(promptsQuery(workspaceSlug));
  const revision = useRead(revisionQuery(workspaceSlug, artifactId ?? "", contentHash), artifactId !== null);
  const name = names.data?.find(({ id }) => id === artifactId)?.name ?? artifactId;
  return (
    <div className="flex min-h-0 flex-col gap-4">
      <Facts>
        {artifactId === null ? null : (
          <Fact name="Artifact">
            <span className="flex items-center gap-1">
              <Link
                href={`/${workspaceSlug}/prompts/${artifactId}`}
                className="truncate rounded-sm text-accent underline underline-offset-2 hover:text-accent-hover"
              >
                {name}
              </Link>
              <CopyButton value={artifactId} label="Copy artifact id" />
            </span>
          </Fact>
        )}
        <Fact name="Revision">{revision.data ? revision.data.revision : "unknown"}</Fact>
        {revision.data ? <Fact name="Created">{formatTimestamp(revision.data.createdAt)}</Fact> : null}
        <Fact name="Content hash">
          <span className="flex items-start gap-1">
            <span className="font-mono text-sm break-all">{contentHash}</span>
            <CopyButton value={contentHash} label="Copy content hash" />
          </span>
        </Fact>
      </Facts>
      <section className="flex min-h-0 flex-col gap-1.5">
        <div className="flex items-center gap-1">
          <PartTitle>Text</PartTitle>
          <span className="grow" />
          {revision.data ? <CopyButton value={revision.data.text} label="Copy prompt text" /> : null}
        </div>
        {artifactId === null ? (
          <p className="text-ink-subtle">The prompt artifact with this hash no longer exists.</p>
        ) : revision.error !== null ? (
          <Callout
            kind="warning"
            action={
              <Button size="sm" onClick={revision.retry}>
                Try again
              </Button>
            }
          >
            The text could not be read. {revision.error}
          </Callout>
        ) : revision.data ? (
          <pre className="rounded-md border border-line bg-surface p-2.5 font-mono text-sm break-words whitespace-pre-wrap">
            {revision.data.text}
          </pre>
        ) : (
          <div role="status" aria-label="Loading the prompt" className="flex flex-col gap-3 py-1">
            <Skeleton className="w-4/5" />
            <Skeleton className="w-3/5" />
          </div>
        )}
      </section>
    </div>
  );
}
