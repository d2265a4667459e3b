"use client";

import { Link } from "#/components/ui/link.tsx";
import { useEffect, useId, useRef, useState, useTransition, type FormEvent, type KeyboardEvent } from "react";
import { toast } from "sonner";
import { tracePath } from "#/components/runs/run-links.ts";
import { buttonClass } from "#/components/ui/button.tsx";
import { DialogContent } from "#/components/ui/dialog.tsx";
import { DraftDialog, useDraft } from "#/components/ui/draft-dialog.tsx";
import type { Run } from "#/lib/contract/run.ts";
import { mappingInForce } from "#/lib/replay/mapping-in-force.ts";
import { MappingDialog } from "./mapping-dialog.tsx";
import { MappingNotice } from "./mapping-notice.tsx";
import { ModeFields } from "./mode-fields.tsx";
import { MutationBanner } from "./mutation-banner.tsx";
import { OptionsArea } from "./options-area.tsx";
import { PreflightPanel } from "./preflight-panel.tsx";
import { payloadErrors, unmappedCount } from "./preflight-words.ts";
import { callAction, type ReplayActions } from "./replay-actions.ts";
import {
  changeDraft,
  draftNeeds,
  emptyDraft,
  plainRequest,
  toReplayRequest,
  type ReplayDraft,
} from "./replay-draft.ts";
import { ReplayFooter } from "./replay-footer.tsx";
import { TargetVersionField } from "./target-version.tsx";
import { usePreflight } from "./use-preflight.ts";
import { besideDialog, hasRoomForToasts } from "./toast-place.ts";
import { useQueuedSubmit } from "./use-queued-submit.ts";
import { useTarget } from "./use-target.ts";

const failureTitle = "Replay submission failed";

type DialogProps = {
  run: Run;
  workspaceSlug: string;
  actions: ReplayActions;
  environments: readonly string[];
  /** What the dialog opens with, as "replay from here" does; the rest is as-is. */
  preset?: Partial<ReplayDraft>;
  /** Paths of the run's steps inside of others, as far as they are known. */
  innerSteps?: readonly string[];
  onSubmitted: () => void;
};

/** Re-executes a finished run in one of three modes. Opens on as-is, or on the draft that was left. */
export function ReplayDialog({
  open,
  onOpenChange,
  ...props
}: DialogProps & { open: boolean; onOpenChange: (isOpen: boolean) => void }) {
  return (
    <DraftDialog open={open} onOpenChange={onOpenChange} draft="replay">
      {(accept) => <ReplayForm {...props} close={accept} />}
    </DraftDialog>
  );
}

function ReplayForm({ close, ...props }: DialogProps & { close: () => void }) {
  const { run, workspaceSlug, actions } = props;
  const formId = useId();
  const [draft, setDraft] = useDraft<ReplayDraft>("request", (kept) => ({ ...emptyDraft, ...kept, ...props.preset }));
  const [failure, setFailure] = useState<string | null>(null);
  const [isMapping, setMapping] = useState(false);
  const [mappingRevision, setMappingRevision] = useState(0);
  const [isSubmitting, start] = useTransition();
  const failureToast = useRef<string | number | null>(null);
  useEffect(() => {
    if (!hasRoomForToasts()) toast.dismiss();
  }, []);
  const request = toReplayRequest(draft);
  // While a mode's fields are empty, what is known about the plain replay is shown.
  const check = usePreflight(
    { workspaceSlug, runId: run.id },
    request ?? plainRequest(draft),
    mappingRevision,
    actions.preflight,
  );
  const target = useTarget(workspaceSlug, run, draft.targetVersion, mappingRevision);
  const preflight = check.answer;
  // An answer for another version, or from before a mapping was saved, does not apply to the renamed nodes.
  const isForTarget = preflight?.plan.targetVersion === target.version && check.revision === mappingRevision;
  const renamed = preflight?.renamedNodes.map(({ id }) => id) ?? [];
  const applied = mappingInForce(target.mappings.data ?? [], renamed);
  const unmapped = isForTarget ? unmappedCount(preflight) : 0;
  const needs = draftNeeds(draft);
  // Why Submit stays disabled; anything else that would be refused is shown, and left to the server to refuse.
  const stands = needs ?? (unmapped > 0 ? "Map the renamed nodes to submit." : null);
  const waitsFor = stands ?? (check.isChecking ? "Checking what this replay will do…" : null);

  const send = () => {
    if (!request || stands !== null || isSubmitting) return;
    setFailure(null);
    start(async () => {
      const outcome = await callAction(
        () => actions.submit({ workspaceSlug, runId: run.id, ...request }),
        "The server could not be reached. Check the runs list before you submit again: the replay may have been accepted.",
      );
      if (!outcome.ok) {
        setFailure(outcome.message);
        failureToast.current = toast.error(failureTitle, {
          description: outcome.message.split("\n")[0],
          ...besideDialog(),
        });
        return;
      }
      sayAccepted(workspaceSlug, outcome.data.id);
      close();
      props.onSubmitted();
    });
  };
  const isMutating = preflight?.plan.allowsMutations ?? false;
  const { submit, drop, isQueued } = useQueuedSubmit(
    { isChecking: check.isChecking, isAllowed: stands === null, isMutating },
    send,
  );
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    submit();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    submit();
  };
  const change = (part: Partial<ReplayDraft>) => {
    setDraft((before) => changeDraft(before, part));
    setFailure(null);
    // Its message is about the previous request; on a narrow screen it covers the dialog's head.
    if (failureToast.current !== null) toast.dismiss(failureToast.current);
    drop();
  };

  return (
    <DialogContent
      title="Replay run"
      description="Re-execute this run. Pick a replay mode below."
      onKeyDown={onKeyDown}
      footer={
        <ReplayFooter
          failure={{ title: failureTitle, message: failure }}
          status={waitsFor}
          formId={formId}
          label="Submit replay"
          isMutating={isMutating}
          isBusy={isSubmitting || isQueued}
          isBlocked={waitsFor !== null}
        />
      }
    >
      <form id={formId} noValidate onSubmit={onSubmit} className="flex flex-col gap-3">
        <MutationBanner plan={preflight?.plan ?? null} />
        <ModeFields draft={draft} run={run} workspaceSlug={workspaceSlug} onChange={change} />
        <TargetVersionField
          value={draft.targetVersion}
          original={run.version}
          versions={target.versions}
          onChange={(targetVersion) => change({ targetVersion })}
        />
        {target.crossesVersions ? (
          <MappingNotice
            isLookingUp={target.mappings.isLoading || (check.isChecking && !isForTarget)}
            unmapped={unmapped}
            renamed={preflight?.renamedNodes.length ?? 0}
            applied={applied}
            onResolve={() => setMapping(true)}
          />
        ) : null}
        <OptionsArea
          draft={draft}
          run={run}
          nodes={target.nodes}
          innerSteps={props.innerSteps}
          environments={props.environments}
          payloadErrors={check.isChecking ? [] : payloadErrors(preflight)}
          onChange={change}
        />
        <PreflightPanel state={check} needs={needs} />
      </form>
      {target.crossesVersions && preflight && run.version !== null && target.version !== null ? (
        <MappingDialog
          open={isMapping}
          onOpenChange={setMapping}
          workspaceSlug={workspaceSlug}
          workflow={run.workflow.slug}
          from={run.version}
          to={target.version}
          renamed={preflight.renamedNodes}
          nodes={target.nodes ?? []}
          sourceNodes={target.sourceNodes ?? []}
          applied={applied}
          save={actions.saveMapping}
          onSaved={() => setMappingRevision((count) => count + 1)}
        />
      ) : null}
    </DialogContent>
  );
}

function sayAccepted(workspaceSlug: string, newRunId: string): void {
  toast.success("Replay submitted", {
    description: `New run: ${newRunId}`,
    duration: 12_000,
    action: (
      <Link href={tracePath(workspaceSlug, newRunId)} className={buttonClass()}>
        Open run
      </Link>
    ),
  });
}
