"use client";

import { CircleStop, Pause, Play, RotateCcw } from "lucide-react";
import { type ReactNode, useState } from "react";
import { toast } from "sonner";
import { dollarsToMicros } from "#/components/replay/money-text.ts";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { Checkbox } from "#/components/ui/checkbox.tsx";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import { formatCost, formatCount } from "#/components/ui/format.ts";
import { TextField } from "#/components/ui/text-field.tsx";
import type { Batch } from "#/lib/contract/batch.ts";
import { capFault } from "./batch-draft.ts";
import { underWay } from "./batch-live.ts";
import { runsWords } from "./batch-words.ts";

export type BatchControlActions = {
  pause: ServerAction<{ id: string }, Batch>;
  resume: ServerAction<{ id: string; maxCostMicros?: number | null }, Batch>;
  abort: ServerAction<{ id: string; cancelRuns: boolean }, Batch>;
  retry: ServerAction<{ id: string }, Batch>;
};

type Props = {
  batch: Batch;
  actions: BatchControlActions;
  /** Why this person may not control batches, or cancel runs; null = they may. */
  denied: string | null;
  cancelDenied: string | null;
  onChanged: () => void;
};

/** Pause, resume, abort and retry. What cannot be done now stays visible and says why. */
export function BatchControls(props: Props) {
  const { batch, actions, denied } = props;
  const { status } = batch;
  const again = (batch.counts.refused ?? 0) + (batch.counts.skipped ?? 0) + (batch.counts.aborted ?? 0);
  const ended = status === "completed" || status === "aborted" ? `The batch is ${status}.` : null;
  return (
    <>
      {status === "paused" ? (
        <Resume {...props} />
      ) : (
        <Plain {...props} action={actions.pause} denied={denied ?? ended} done="Batch paused" failed="Batch not paused">
          <Pause aria-hidden />
          Pause
        </Plain>
      )}
      <Plain
        {...props}
        action={actions.retry}
        denied={denied ?? (again > 0 ? null : "No run was refused, skipped or aborted.")}
        done={`${runsWords(again)} queued again`}
        failed="Batch not retried"
      >
        <RotateCcw aria-hidden />
        Retry
      </Plain>
      <DialogButton
        disabledReason={denied ?? ended}
        draft="abort"
        dialog={(close) => <AbortForm {...props} onDone={close} />}
      >
        <CircleStop aria-hidden />
        Abort
      </DialogButton>
    </>
  );
}

function Plain({
  batch,
  action,
  denied,
  done,
  failed,
  onChanged,
  children,
}: Omit<Props, "actions" | "cancelDenied"> & {
  action: ServerAction<{ id: string }, Batch>;
  done: string;
  failed: string;
  children: ReactNode;
}) {
  const { run, isBusy } = useServerAction(action, {
    refused: ({ message }) => {
      toast.error(failed, { description: message });
      onChanged();
    },
  });
  const act = () =>
    run({ id: batch.id }, () => {
      toast.success(done, { description: nameOf(batch) });
      onChanged();
    });
  return (
    <Button loading={isBusy} disabledReason={denied} onClick={act}>
      {children}
    </Button>
  );
}

/** At once; where the cost cap stopped the batch, another cap is asked for first. */
function Resume(props: Props) {
  const { batch, actions, denied } = props;
  const face = (
    <>
      <Play aria-hidden />
      Resume
    </>
  );
  if (batch.statusReason !== "cost_cap")
    return (
      <Plain {...props} action={actions.resume} done="Batch resumed" failed="Batch not resumed">
        {face}
      </Plain>
    );
  return (
    <DialogButton
      variant="primary"
      disabledReason={denied}
      draft="resume"
      dialog={(close) => <ResumeForm {...props} onDone={close} />}
    >
      {face}
    </DialogButton>
  );
}

function ResumeForm({ batch, actions, onChanged, onDone }: Props & { onDone: () => void }) {
  const [text, setText] = useDraft("cap", "");
  const { run, isBusy, refusal } = useServerAction(actions.resume);
  const maxCostMicros = text.trim() === "" ? null : dollarsToMicros(text);
  const fault = capFault(text);
  const isTooLow = maxCostMicros !== null && batch.costMicros !== null && maxCostMicros <= batch.costMicros;
  const submit = () =>
    run({ id: batch.id, maxCostMicros }, () => {
      onDone();
      toast.success("Batch resumed", { description: nameOf(batch) });
      onChanged();
    });
  return (
    <FormDialog
      title="Resume the batch"
      description={`Its replays have cost ${formatCost(batch.costMicros)}; the cap was ${formatCost(batch.maxCostMicros)}.`}
      size="sm"
      submitLabel="Resume batch"
      busy={isBusy}
      disabledReason={
        fault !== undefined
          ? "Correct the cost cap."
          : isTooLow
            ? "The cap must be more than what the replays have cost."
            : null
      }
      onSubmit={submit}
    >
      <TextField
        label="New cost cap in dollars"
        hint="Leave empty for no cap."
        error={fault ?? fieldMessage(refusal, "maxCostMicros")}
        inputMode="decimal"
        placeholder="No cap"
        value={text}
        onText={setText}
      />
      <RefusalCallout refusal={refusal} shown={["maxCostMicros"]} />
    </FormDialog>
  );
}

function AbortForm({ batch, actions, cancelDenied, onChanged, onDone }: Props & { onDone: () => void }) {
  const [cancelRuns, setCancelRuns] = useState(false);
  const { run, isBusy, refusal } = useServerAction(actions.abort);
  const going = underWay(batch.runCounts);
  const submit = () =>
    run({ id: batch.id, cancelRuns }, () => {
      onDone();
      toast.success("Batch aborted", { description: nameOf(batch) });
      onChanged();
    });
  return (
    <FormDialog
      title="Abort this batch?"
      description={`${runsWords(batch.counts.queued ?? 0)} will not be replayed. Replays that have ended stay as they are.`}
      size="sm"
      submitLabel="Abort batch"
      closeLabel="Keep it"
      isDangerous
      busy={isBusy}
      onSubmit={submit}
    >
      <Checkbox
        label={`Also cancel its replays in progress${going > 0 ? ` (${formatCount(going)})` : ""}`}
        checked={cancelRuns}
        disabled={cancelDenied !== null}
        onCheckedChange={setCancelRuns}
      />
      {cancelDenied === null ? null : <p className="text-sm text-ink-subtle">{cancelDenied}</p>}
      <RefusalCallout refusal={refusal} shown={[]} />
    </FormDialog>
  );
}

function nameOf({ name, id }: Batch): string {
  return name ?? id;
}
