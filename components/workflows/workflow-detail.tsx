import { Layers } from "lucide-react";
import { Link } from "#/components/ui/link.tsx";
import { ActorName } from "#/components/shell/actor-name.tsx";
import type { ServerAction } from "#/components/shell/use-server-action.ts";
import { editPath } from "#/components/runs/run-links.ts";
import { Badge } from "#/components/ui/badge.tsx";
import { buttonClass } from "#/components/ui/button-class.ts";
import { Callout } from "#/components/ui/callout.tsx";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import { EmptyState } from "#/components/ui/empty-state.tsx";
import { PageHeader } from "#/components/ui/page-header.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import type { WorkflowSummary, WorkflowVersionDetail, WorkflowVersionSummary } from "#/lib/contract/workflow.ts";
import type { WorkspaceTool } from "#/lib/tools/tool-source.ts";
import { EditVersion } from "./edit-version.tsx";
import { PauseControl } from "./pause-control.tsx";
import { TriggerDialog, type TriggerAction } from "./trigger-dialog.tsx";
import { VersionBody } from "./version-body.tsx";
import { VersionsList } from "./versions-list.tsx";
import type { WorkflowQuery } from "./workflow-query.ts";

export type WorkflowDetailProps = {
  workspaceSlug: string;
  workflow: WorkflowSummary;
  versions: WorkflowVersionSummary[];
  query: WorkflowQuery;
  /** A version that was asked for and does not exist (any more). */
  missing: number | null;
  version: WorkflowVersionDetail | null;
  /** The version with which `version` is compared, when that is on screen. */
  from: WorkflowVersionDetail | null;
  texts: VersionTexts;
  /** The workspace's own tools that `version` names. */
  tools: readonly WorkspaceTool[];
  names: Record<string, string>;
  samplePayload: string;
  /** Why this person may not; null when they may. */
  denied: { trigger: string | null; pause: string | null; write: string | null };
  actions: {
    trigger: TriggerAction;
    pause: ServerAction<{ slug: string; reason: string }>;
    unpause: ServerAction<{ slug: string; reason?: string }>;
    deleteVersion: ServerAction<{ slug: string; version: number }>;
  };
};

/** The definitions of both versions as YAML; null where the view shows none. */
export type VersionTexts = { version: string | null; from: string | null };

/** One workflow: its state, its versions, and one version in three views. */
export function WorkflowDetail(props: WorkflowDetailProps) {
  const { workspaceSlug, workflow, versions, version } = props;
  const path = `/${workspaceSlug}/workflows/${workflow.slug}`;
  return (
    <div className="flex min-h-0 grow flex-col">
      <WorkflowHeader {...props} />
      {props.missing === null ? null : (
        <div className="px-3 pt-3 md:px-4">
          <Callout kind="warning">
            Version {props.missing} does not exist or was deleted. Showing the newest version.
          </Callout>
        </div>
      )}
      {version ? (
        <div className="flex min-h-0 grow flex-col lg:flex-row">
          <VersionsList
            path={path}
            query={props.query}
            slug={workflow.slug}
            versions={versions}
            shown={version.version}
            names={props.names}
            deleteDenied={props.denied.write}
            deleteVersion={props.actions.deleteVersion}
          />
          <VersionBody {...props} path={path} version={version} />
        </div>
      ) : (
        <EmptyState icon={<Layers aria-hidden />} title="No versions left">
          Every version of this workflow was deleted. Its runs stay readable but cannot be replayed. Push a version to
          use the workflow again; version numbers are never reused.
        </EmptyState>
      )}
    </div>
  );
}

function WorkflowHeader({
  workspaceSlug,
  workflow,
  versions,
  version,
  names,
  samplePayload,
  denied,
  actions,
}: WorkflowDetailProps) {
  const { slug, name, paused } = workflow;
  const pausedReason = paused ? "This workflow is paused for safety reasons. Unpause it before triggering." : null;
  const versionless = version ? null : "The workflow has no versions.";
  return (
    <>
      <PageHeader
        title={
          <span className="flex flex-wrap items-center gap-2">
            {name}
            {paused ? <Badge tone="paused">Paused for safety</Badge> : null}
          </span>
        }
        actions={
          <>
            <Link href={`/${workspaceSlug}/monitoring/workflow-runs?workflow=${slug}`} className={buttonClass()}>
              Runs
            </Link>
            <EditVersion
              href={`${editPath(workspaceSlug, slug)}${version ? `?version=${version.version}` : ""}`}
              denied={denied.write}
            />
            <PauseControl
              slug={slug}
              isPaused={paused !== null}
              denied={denied.pause}
              pause={actions.pause}
              unpause={actions.unpause}
            />
            <TriggerDialog
              slug={slug}
              versions={versions.map((each) => each.version)}
              samplePayload={samplePayload}
              disabledReason={denied.trigger ?? versionless ?? pausedReason}
              trigger={actions.trigger}
            />
          </>
        }
      >
        <span className="inline-flex max-w-full items-center gap-0.5 font-mono text-sm">
          <span className="min-w-0 break-all">{slug}</span>
          <CopyButton value={slug} label="Copy the workflow's slug" />
        </span>
      </PageHeader>
      {paused ? (
        <div className="px-3 pt-3 md:px-4">
          <Callout kind="warning" title="Paused for safety: no triggers, no replays.">
            <p className="break-words">{paused.reason}</p>
            <p className="text-sm">
              By <ActorName id={paused.by} names={names} />, <RelativeTime iso={paused.at} />
            </p>
          </Callout>
        </div>
      ) : null}
    </>
  );
}
