"use client";

import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { toast } from "sonner";
import { suggestedFixQuery } from "#/components/data/fix-reads.ts";
import { useRead } from "#/components/data/use-read.ts";
import type { ReplayPreset } from "#/components/replay/replay-address.ts";
import { tryAction } from "#/components/runs/run-actions.ts";
import { correctPath, definitionDraft, tracePath } from "#/components/runs/run-links.ts";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { DialogClose, DialogContent } from "#/components/ui/dialog.tsx";
import { keepField } from "#/components/ui/draft-store.ts";
import { formatCost } from "#/components/ui/format.ts";
import { Link } from "#/components/ui/link.tsx";
import { Spinner } from "#/components/ui/spinner.tsx";
import { TextDiff } from "#/components/ui/text-diff-view.tsx";
import type { SuggestedFix } from "#/lib/contract/fix.ts";
import { isFinal } from "#/lib/contract/status.ts";
import type { FixActions } from "./suggest-fix-dialog.tsx";

/** One suggestion, from the call that is under way to what a person makes of it. */
export function SuggestedFixPanel({
  workspaceSlug,
  fixId,
  actions,
  denied,
  onAccepted,
  onAgain,
}: {
  workspaceSlug: string;
  fixId: string;
  actions: FixActions;
  denied: string | null;
  onAccepted: (preset: ReplayPreset) => void;
  onAgain: () => void;
}) {
  const { data: found, error } = useRead(suggestedFixQuery(workspaceSlug, fixId));
  const accepting = useAccept(actions, onAccepted);
  const edit = useEditFirst(workspaceSlug);
  const isDone = found !== null && isFinal(found.status);
  const fix = found?.fix ?? null;
  const canAccept = fix !== null && fix.target !== "none" && fix.after !== null;
  const why = denied ?? (fix?.valid === false ? "A push would refuse this change. Edit it first, or ask again." : null);
  return (
    <DialogContent
      size="lg"
      title="Suggest a fix"
      description={titleOf(found)}
      footer={
        <>
          <DialogClose asChild>
            <Button size="md">Close</Button>
          </DialogClose>
          {isDone ? (
            <Button size="md" onClick={onAgain}>
              Ask again
            </Button>
          ) : (
            <CancelAsking workspaceSlug={workspaceSlug} fixId={fixId} cancel={actions.cancel} />
          )}
          {canAccept && fix.target === "definition" ? (
            <Button size="md" disabledReason={denied} onClick={() => found && edit(found)}>
              Edit first
            </Button>
          ) : null}
          {canAccept ? (
            <Button
              size="md"
              variant="primary"
              loading={accepting.isBusy}
              disabledReason={why}
              onClick={() => found && accepting.accept(found)}
            >
              Accept and replay
            </Button>
          ) : null}
        </>
      }
    >
      <div className="flex flex-col gap-3" role="status" aria-live="polite">
        {error === null ? null : <Callout kind="danger">{error}</Callout>}
        {isDone ? null : <Spinner label="Asking the model" />}
        {found?.error ? (
          <Callout kind="danger" title="There is no suggestion">
            <code className="font-mono text-sm">{found.error.code}</code>: {found.error.message}
          </Callout>
        ) : null}
        {found?.status === "cancelled" ? <Callout>The question was cancelled.</Callout> : null}
        {fix ? <Change fix={fix} /> : null}
        <RefusalCallout refusal={accepting.refusal} />
        {found && isDone ? (
          <p className="text-sm text-ink-muted">
            <span className="font-mono">{found.model}</span>, {formatCost(found.costMicros)}
            {fix?.repaired ? ", corrected once" : ""}.{" "}
            <Link
              href={tracePath(workspaceSlug, found.id)}
              className="rounded-sm text-accent underline underline-offset-2 hover:text-accent-hover"
            >
              Open the call
            </Link>
          </p>
        ) : null}
      </div>
    </DialogContent>
  );
}

function titleOf(found: SuggestedFix | null): string {
  if (!found) return "Asking the model…";
  const of = `${found.of.nodeId} of ${found.of.workflow}, version ${found.of.version}`;
  if (!isFinal(found.status)) return `Asking ${found.model} about ${of}…`;
  if (found.fix?.target === "prompt") return `A change of the prompt of ${of}. Accepting makes a revision.`;
  return found.fix?.target === "definition" ? `A change of ${of}. Accepting makes a version.` : of;
}

function Change({ fix }: { fix: NonNullable<SuggestedFix["fix"]> }) {
  return (
    <>
      <p className="break-words whitespace-pre-wrap">{fix.explanation}</p>
      {fix.faults.length > 0 ? (
        <Callout kind="warning" title="A push would refuse this change">
          <ul>
            {fix.faults.map(({ path, message }) => (
              <li key={path + message}>
                <code className="font-mono break-all">{path}</code>: {message}
              </li>
            ))}
          </ul>
        </Callout>
      ) : null}
      {fix.target === "none" ? <Callout>No change of the definition or the prompt is suggested.</Callout> : null}
      {fix.before !== null && fix.after !== null ? (
        <TextDiff
          label="The suggested change"
          before={fix.before}
          after={fix.after}
          wrap={fix.target === "prompt"}
          className="max-h-[45dvh]"
        />
      ) : null}
    </>
  );
}

/** Makes the change by what pushes a version or makes a revision, and goes on to the replay. */
function useAccept(actions: FixActions, onAccepted: (preset: ReplayPreset) => void) {
  const push = useServerAction(actions.push);
  const revise = useServerAction(actions.revise);
  const accept = ({ of, fix }: SuggestedFix) => {
    const { after = null, prompt = null } = fix ?? {};
    if (after === null) return;
    const from = { fromNodeId: of.fromNodeId };
    if (prompt)
      revise.run({ id: prompt.artifactId, text: after }, ({ contentHash }) => {
        toast.success("Prompt revision created");
        onAccepted({ ...from, mode: "prompt", artifactId: prompt.artifactId, contentHash });
      });
    else
      push.run({ slug: of.workflow, text: after }, ({ version, created }) => {
        toast.success(created ? `Version ${version} pushed` : `Version ${version} has this content already`);
        onAccepted({ ...from, targetVersion: version });
      });
  };
  return { accept, isBusy: push.isBusy || revise.isBusy, refusal: push.refusal ?? revise.refusal };
}

/** Opens the editor on the suggested text, as the draft of the version that it changes. */
function useEditFirst(workspaceSlug: string): (found: SuggestedFix) => void {
  const router = useRouter();
  return ({ of, fix }) => {
    const run = { id: of.runId, workflow: { slug: of.workflow }, version: of.version };
    const address = correctPath(workspaceSlug, run, { nodeId: of.nodeId, fromNodeId: of.fromNodeId });
    if (address === null || typeof fix?.after !== "string") return;
    keepField(definitionDraft(workspaceSlug, of.workflow, of.version), "text", fix.after, false);
    router.push(address);
  };
}

function CancelAsking({
  workspaceSlug,
  fixId,
  cancel,
}: {
  workspaceSlug: string;
  fixId: string;
  cancel: FixActions["cancel"];
}) {
  const [isBusy, start] = useTransition();
  const stop = () =>
    start(async () => {
      const refusal = await tryAction(cancel, { workspaceSlug, runId: fixId });
      if (refusal) toast.error("Not cancelled", { description: refusal });
    });
  return (
    <Button size="md" loading={isBusy} onClick={stop}>
      Cancel the question
    </Button>
  );
}
