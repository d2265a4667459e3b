"use client";

import { History, ListTree, SearchX } from "lucide-react";
import { useSyncExternalStore } from "react";
import { Button } from "#/components/ui/button.tsx";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import { EmptyState } from "#/components/ui/empty-state.tsx";

/** No runs in the workspace yet: how to create the first. */
export function NoRunsYet({ workflowSlug }: { workflowSlug: string | null }) {
  const origin = useSyncExternalStore(
    () => () => {},
    () => window.location.origin,
    () => "$REPRISE_URL",
  );
  const command = [
    "curl -X POST \\",
    `  ${origin}/api/v1/workflows/${workflowSlug ?? "WORKFLOW"}/runs \\`,
    `  -H "authorization: Bearer $REPRISE_API_KEY" \\`,
    `  -H "content-type: application/json" \\`,
    `  -d '{ "payload": {} }'`,
  ].join("\n");
  return (
    <EmptyState icon={<ListTree aria-hidden />} title="No runs yet">
      <p>
        A run appears here as soon as a workflow is triggered.{" "}
        {workflowSlug
          ? "Trigger one with an API key of this workspace:"
          : "Push a workflow first, then trigger it with an API key of this workspace:"}
      </p>
      <div className="relative mt-3 rounded-md border border-line-strong bg-surface">
        <pre
          tabIndex={0}
          aria-label="Command that triggers a run"
          className="overflow-x-auto p-3 pr-10 font-mono text-sm text-ink"
        >
          {command}
        </pre>
        <CopyButton value={command} label="Copy the command" className="absolute top-2 right-2 bg-surface" />
      </div>
    </EmptyState>
  );
}

/** The page after the last run, for example when the runs of an old link were deleted. */
export function NoOlderRuns({ onNewest }: { onNewest: () => void }) {
  return (
    <EmptyState
      icon={<History aria-hidden />}
      title="No older runs"
      action={<Button onClick={onNewest}>Newest runs</Button>}
    >
      This page is past the last run of the list.
    </EmptyState>
  );
}

/** There may be runs, but none that match these filters. */
export function NoRunsMatch({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState
      icon={<SearchX aria-hidden />}
      title="No runs match these filters"
      action={<Button onClick={onClear}>Clear filters</Button>}
    >
      Remove a filter or widen the time range. Search covers run ids, workflows, exact tags and error messages.
    </EmptyState>
  );
}
