"use client";

import { useEffect, useState } from "react";
import { Button } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { RadioGroup } from "#/components/ui/radio-group.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import { Spinner } from "#/components/ui/spinner.tsx";
import type { PromptRevisionView } from "#/lib/contract/prompt.ts";
import { revisionsQuery } from "#/components/data/workspace-reads.ts";
import { useRead } from "#/components/data/use-read.ts";

/** The revisions of an artifact to choose one from, newest first; older ones on demand. */
export function RevisionChoices({
  workspaceSlug,
  artifactId,
  ranHash,
  chosenHash,
  onChoose,
}: {
  workspaceSlug: string;
  artifactId: string;
  ranHash: string | null;
  chosenHash: string | null;
  onChoose: (revision: PromptRevisionView) => void;
}) {
  const [cursor, setCursor] = useState<string | null>(null);
  const [earlier, setEarlier] = useState<readonly PromptRevisionView[]>([]);
  const page = useRead(revisionsQuery(workspaceSlug, artifactId, cursor));
  const revisions = [...earlier, ...(page.data?.data ?? [])];
  // The newest that did not run is the most likely choice.
  const first = revisions.find(({ contentHash }) => contentHash !== ranHash) ?? revisions[0];
  useEffect(() => {
    if (chosenHash === null && first) onChoose(first);
  });
  const next = page.data?.nextCursor ?? null;
  return (
    <div className="flex flex-col gap-2">
      <div className="max-h-56 overflow-y-auto rounded-md border border-line px-2 py-1">
        <RadioGroup
          label="Revision"
          value={chosenHash ?? ""}
          onValueChange={(hash) => {
            const revision = revisions.find(({ contentHash }) => contentHash === hash);
            if (revision) onChoose(revision);
          }}
          options={revisions.map((revision) => ({
            value: revision.contentHash,
            label: `Revision ${revision.revision}${revision.contentHash === ranHash ? " (ran)" : ""}`,
            description: (
              <>
                <span className="font-mono">{revision.contentHash.slice(0, 19)}…</span>{" "}
                <RelativeTime iso={revision.createdAt} />
              </>
            ),
          }))}
        />
        {page.isLoading ? <Spinner label="Loading the revisions" /> : null}
      </div>
      {page.error === null ? null : (
        <Callout
          kind="warning"
          action={
            <Button size="sm" onClick={page.retry}>
              Try again
            </Button>
          }
        >
          The revisions could not be read. {page.error}
        </Callout>
      )}
      {next === null ? null : (
        <Button
          size="sm"
          className="self-start"
          onClick={() => {
            setEarlier(revisions);
            setCursor(next);
          }}
        >
          Show older revisions
        </Button>
      )}
    </div>
  );
}
