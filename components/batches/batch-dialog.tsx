"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, type KeyboardEvent, useEffect, useId, useState, useTransition } from "react";
import { toast } from "sonner";
import { askBatchPreflight } from "#/components/data/batch-reads.ts";
import { versionsQuery } from "#/components/data/workspace-reads.ts";
import { useRead } from "#/components/data/use-read.ts";
import { ModeFields } from "#/components/replay/mode-fields.tsx";
import { DryRunBanner, LiveBanner } from "#/components/replay/mutation-banner.tsx";
import { OptionsArea } from "#/components/replay/options-area.tsx";
import { callAction, type ReplayActions } from "#/components/replay/replay-actions.ts";
import {
  changeDraft,
  draftNeeds,
  emptyDraft,
  plainRequest,
  type ReplayDraft,
  toReplayRequest,
} from "#/components/replay/replay-draft.ts";
import { ReplayFooter } from "#/components/replay/replay-footer.tsx";
import { TargetVersionField } from "#/components/replay/target-version.tsx";
import { besideDialog, hasRoomForToasts } from "#/components/replay/toast-place.ts";
import { useCheck } from "#/components/replay/use-preflight.ts";
import { useQueuedSubmit } from "#/components/replay/use-queued-submit.ts";
import { targetNumber, useVersionNodes } from "#/components/replay/use-target.ts";
import { batchPath } from "#/components/runs/run-links.ts";
import type { ChosenRuns, ReplayChosen } from "#/components/runs/runs-selected.tsx";
import type { ActionAnswer } from "#/components/shell/use-server-action.ts";
import { DialogContent } from "#/components/ui/dialog.tsx";
import { DraftDialog, useDraft } from "#/components/ui/draft-dialog.tsx";
import { formatCount } from "#/components/ui/format.ts";
import type { BatchAccepted, BatchPreflight, BatchRequest } from "#/lib/contract/batch.ts";
import { type BatchDraft, capFault, emptyBatchDraft, inCommon, toBatchRequest, usedBy } from "./batch-draft.ts";
import { BatchFields } from "./batch-fields.tsx";
import { BatchPreflightPanel } from "./batch-preflight-panel.tsx";
import { runsWords } from "./batch-words.ts";
import { ResolveMapping } from "./resolve-mapping.tsx";

export type BatchActions = Pick<ReplayActions, "preflight" | "saveMapping"> & {
  create: (input: BatchRequest & { workspaceSlug: string }) => Promise<ActionAnswer<BatchAccepted>>;
};

type Props = ReplayChosen & { actions: BatchActions; environments: readonly string[] };

const failureTitle = "Batch submission failed";

/** Replays the chosen runs as one batch: the replay dialog for several. Leads to the batch's page. */
export function BatchDialog({ chosen, onClose, ...props }: Props) {
  const draft = `batch ${chosen ? (inCommon(chosen.named, chosen.known).workflow ?? "") : ""}`;
  return (
    <DraftDialog open={chosen !== null} onOpenChange={(isOpen) => (isOpen ? undefined : onClose())} draft={draft}>
      {(accept) => (chosen ? <BatchForm {...props} chosen={chosen} close={accept} /> : null)}
    </DraftDialog>
  );
}

function BatchForm({
  workspaceSlug,
  chosen,
  actions,
  environments,
  onSubmitted,
  close,
}: Omit<Props, "chosen" | "onClose"> & { chosen: ChosenRuns; close: () => void }) {
  const router = useRouter();
  const formId = useId();
  const [draft, setDraft] = useDraft<ReplayDraft>("request", (kept) => ({ ...emptyDraft, ...kept }));
  const [batch, setBatch] = useDraft<BatchDraft>("batch", (kept) => ({ ...emptyBatchDraft, ...kept }));
  const [failure, setFailure] = useState<string | null>(null);
  const [mappingRevision, setMappingRevision] = useState(0);
  const [isSubmitting, start] = useTransition();
  useEffect(() => {
    if (!hasRoomForToasts()) toast.dismiss();
  }, []);
  const { workflow, version } = inCommon(chosen.named, chosen.known);
  const versions = useRead(versionsQuery(workspaceSlug, workflow ?? ""), workflow !== null);
  const target = targetNumber(draft.targetVersion, version, versions.data);
  const nodes = useVersionNodes(workspaceSlug, workflow ?? "", workflow === null ? null : target);
  const request = toReplayRequest(draft);
  const asked = request ?? plainRequest(draft);
  const check = useCheck(["batch preflight", workspaceSlug, chosen.named, asked.request], mappingRevision, (signal) =>
    askBatchPreflight(workspaceSlug, { ...chosen.named, request: asked.request }, signal),
  );
  const preflight = check.answer;
  const needs = draftNeeds(draft) ?? (capFault(batch.maxCost) === undefined ? null : "Correct the cost cap.");
  const nothing = !check.isChecking && preflight?.replayable === 0 ? "None of these runs can be replayed." : null;
  const stands = needs ?? nothing;
  const waitsFor = stands ?? (check.isChecking ? `Checking ${runsWords(chosen.count)}…` : null);

  const send = () => {
    if (!request || stands !== null || isSubmitting) return;
    setFailure(null);
    start(async () => {
      const outcome = await callAction(
        () => actions.create({ workspaceSlug, ...toBatchRequest(chosen.named, request.request, batch) }),
        "The server could not be reached. Check the list of batches before you submit again: this one may have been accepted.",
      );
      if (!outcome.ok) {
        setFailure(outcome.message);
        toast.error(failureTitle, { description: outcome.message.split("\n")[0], ...besideDialog() });
        return;
      }
      toast.success("Batch submitted", { description: batch.name.trim() || runsWords(outcome.data.total) });
      close();
      onSubmitted();
      router.push(batchPath(workspaceSlug, outcome.data.id));
    });
  };
  const isMutating = (preflight?.calls.live ?? 0) > 0;
  const { submit, drop, isQueued } = useQueuedSubmit(
    { isChecking: check.isChecking, isAllowed: stands === null, isMutating },
    send,
  );
  const change = (part: Partial<ReplayDraft>) => {
    setDraft((before) => changeDraft(before, part));
    setFailure(null);
    drop();
  };

  return (
    <DialogContent
      title={`Replay ${runsWords(chosen.count)}`}
      description="Re-execute these runs. Pick a replay mode below."
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
        event.preventDefault();
        submit();
      }}
      footer={
        <ReplayFooter
          failure={{ title: failureTitle, message: failure }}
          status={waitsFor ?? replayableWords(preflight)}
          formId={formId}
          label={preflight && stands === null ? `Replay ${runsWords(preflight.replayable)}` : "Replay runs"}
          isMutating={isMutating}
          isBusy={isSubmitting || isQueued}
          isBlocked={waitsFor !== null}
        />
      }
    >
      <form
        id={formId}
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          submit();
        }}
        className="flex flex-col gap-3"
      >
        {isMutating ? (
          <LiveBanner>
            <p>{formatCount(preflight?.calls.live)} mutating calls are planned to be made for real.</p>
          </LiveBanner>
        ) : (
          <DryRunBanner />
        )}
        <ModeFields draft={draft} run={usedBy(chosen.known)} workspaceSlug={workspaceSlug} onChange={change} />
        <TargetVersionField
          value={draft.targetVersion}
          original={version}
          versions={versions}
          hint={
            workflow === null
              ? chosen.named.filter
                ? "Filter by one workflow to choose one of its versions."
                : "These runs are of several workflows: select those of one to choose its version."
              : version === null && draft.targetVersion === "original"
                ? "Each run on the version it ran on."
                : undefined
          }
          onChange={(targetVersion) => change({ targetVersion })}
        />
        <OptionsArea
          draft={draft}
          run={null}
          nodes={nodes}
          nodesDenied={nodesDenied(workflow, target)}
          environments={environments}
          payloadErrors={[]}
          onChange={change}
        />
        <BatchFields draft={batch} onChange={(part) => setBatch((before) => ({ ...before, ...part }))} />
        <BatchPreflightPanel
          workspaceSlug={workspaceSlug}
          state={check}
          needs={needs}
          resolve={({ code, runIds }) =>
            code === "nodes_unmapped" && runIds[0] !== undefined ? (
              <ResolveMapping
                key={`${runIds[0]} ${mappingRevision}`}
                workspaceSlug={workspaceSlug}
                runId={runIds[0]}
                request={asked}
                choice={draft.targetVersion}
                actions={actions}
                revision={mappingRevision}
                onSaved={() => setMappingRevision((count) => count + 1)}
              />
            ) : null
          }
        />
      </form>
    </DialogContent>
  );
}

/** The first thing to know about the check, also where the rest is out of sight. */
function replayableWords(preflight: BatchPreflight | null): string | null {
  if (preflight === null) return null;
  return `${formatCount(preflight.replayable)} of ${formatCount(preflight.total)} can be replayed`;
}

/** Why no node can be chosen; null = it can, of the version that all of them will run on. */
function nodesDenied(workflow: string | null, target: number | null): string | null {
  if (workflow === null) return "Only for runs of one workflow.";
  return target === null ? "Choose a target version first: these runs are of several." : null;
}
