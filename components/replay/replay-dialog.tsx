"use client";

import Link from "next/link";
import { useId, useState, useTransition, type FormEvent, type KeyboardEvent } from "react";
import { toast } from "sonner";
import { tracePath } from "#/components/runs/run-links.ts";
import { Button, buttonClass } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { Dialog, DialogClose, DialogContent } from "#/components/ui/dialog.tsx";
import type { Run } from "#/lib/contract/run.ts";
import { ModeFields } from "./mode-fields.tsx";
import { MutationBanner } from "./mutation-banner.tsx";
import { PreflightPanel } from "./preflight-panel.tsx";
import { callAction, type ReplayActions } from "./replay-actions.ts";
import { emptyDraft, isFilled, toReplayRequest, type ReplayDraft } from "./replay-draft.ts";
import { usePreflight } from "./use-preflight.ts";

const failureTitle = "Replay submission failed";

type DialogProps = {
  run: Pick<Run, "id">;
  workspaceSlug: string;
  actions: ReplayActions;
  onSubmitted: () => void;
};

/** Re-executes a finished run in one of three modes. Opens on as-is each time. */
export function ReplayDialog({
  open,
  onOpenChange,
  ...props
}: DialogProps & { open: boolean; onOpenChange: (isOpen: boolean) => void }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      {open ? <ReplayForm {...props} close={() => onOpenChange(false)} /> : null}
    </Dialog>
  );
}

function ReplayForm({ run, workspaceSlug, actions, onSubmitted, close }: DialogProps & { close: () => void }) {
  const formId = useId();
  const [draft, setDraft] = useState<ReplayDraft>(emptyDraft);
  const [failure, setFailure] = useState<string | null>(null);
  const [isSubmitting, start] = useTransition();
  const request = toReplayRequest(draft);
  // While a mode's fields are empty, what is known about the plain replay is shown.
  const check = usePreflight({ workspaceSlug, runId: run.id }, request ?? {}, actions.preflight);
  const unmapped = check.preflight?.renamedNodes.length ?? 0;
  const isFirstCheck = check.preflight === null && check.message === null;
  const waitsFor = waitReason(draft, unmapped, isFirstCheck);

  const submit = () => {
    if (!request || waitsFor !== null || isSubmitting) return;
    setFailure(null);
    start(async () => {
      const outcome = await callAction(
        () => actions.submit({ workspaceSlug, runId: run.id, request }),
        "The server could not be reached. Check the runs list before you submit again: the replay may have been accepted.",
      );
      if (!outcome.ok) {
        setFailure(outcome.message);
        toast.error(failureTitle, { description: outcome.message });
        return;
      }
      const newRunId = outcome.data.id;
      toast.success("Replay submitted", {
        description: `New run: ${newRunId}`,
        duration: 12_000,
        action: (
          <Link href={tracePath(workspaceSlug, newRunId)} className={buttonClass()}>
            Open run
          </Link>
        ),
      });
      close();
      onSubmitted();
    });
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    submit();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    submit();
  };

  return (
    <DialogContent
      title="Replay run"
      description="Re-execute this run. Pick a replay mode below."
      onKeyDown={onKeyDown}
      footer={
        <>
          <span role="status" className="mr-auto text-sm text-ink-subtle">
            {waitsFor}
          </span>
          <DialogClose asChild>
            <Button size="md">Cancel</Button>
          </DialogClose>
          <Button
            type="submit"
            form={formId}
            variant="primary"
            size="md"
            loading={isSubmitting}
            disabled={waitsFor !== null}
            title="Ctrl or ⌘ + Enter"
          >
            Submit replay
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={onSubmit} className="flex flex-col gap-3">
        <MutationBanner allowsMutations={check.preflight?.plan.allowsMutations ?? false} />
        <ModeFields
          draft={draft}
          onChange={(change) => {
            setDraft((before) => ({ ...before, ...change }));
            setFailure(null);
          }}
        />
        {failure !== null ? (
          <Callout kind="danger" title={failureTitle}>
            <p className="whitespace-pre-line">{failure}</p>
          </Callout>
        ) : null}
        <PreflightPanel state={check} />
      </form>
    </DialogContent>
  );
}

/** Why Submit is disabled; null = it is not. What else would be refused is shown, and left to the server to refuse. */
function waitReason(draft: ReplayDraft, unmapped: number, isFirstCheck: boolean): string | null {
  if (!isFilled(draft)) return "Fill in both fields to submit.";
  if (isFirstCheck) return "Checking what this replay will do…";
  if (unmapped > 0) return "Map the renamed nodes to submit.";
  return null;
}
