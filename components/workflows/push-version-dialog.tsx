"use client";

import { useEffect, useState } from "react";
import { toast } from "sonner";
import { messageOf } from "#/components/data/request.ts";
import { askValidation } from "#/components/data/workspace-reads.ts";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { Dialog, DialogClose, DialogContent } from "#/components/ui/dialog.tsx";
import { Spinner } from "#/components/ui/spinner.tsx";
import { TextDiff } from "#/components/ui/text-diff-view.tsx";
import { useShortcuts } from "#/components/ui/use-shortcuts.ts";
import type { VersionPushed, VersionValidated } from "#/lib/contract/workflow.ts";
import { ChangedNodes } from "./changed-nodes.tsx";

export type PushAction = ServerAction<{ slug: string; text: string; onLatest?: number }, VersionPushed>;

type Props = {
  workspaceSlug: string;
  slug: string;
  text: string;
  /** A replay follows. */
  replays: boolean;
  push: PushAction;
  /** The version that has this content now. */
  onPushed: (version: number) => void;
};

/** Shows what differs from the latest version, as it is now, and pushes. */
export function PushVersionDialog({
  open,
  onOpenChange,
  ...props
}: Props & { open: boolean; onOpenChange: (isOpen: boolean) => void }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      {open ? <Content {...props} close={() => onOpenChange(false)} /> : null}
    </Dialog>
  );
}

function Content({ workspaceSlug, slug, text, replays, push, onPushed, close }: Props & { close: () => void }) {
  const [turn, setTurn] = useState(0);
  const [isMoved, setMoved] = useState(false);
  const found = useDifference(workspaceSlug, slug, text, turn);
  const { run, isBusy, refusal } = useServerAction(push, {
    refused: ({ code }) => {
      if (code !== "conflict") return;
      setMoved(true);
      setTurn((count) => count + 1);
    },
  });
  const answer = found?.answer ?? null;
  const done = ({ version, created }: { version: number; created: boolean }) => {
    if (created) toast.success(`Version ${version} pushed`, { description: slug });
    else toast.info(`Version ${version} has this content already`, { description: slug });
    close();
    onPushed(version);
  };
  const same = answer?.sameAs ?? null;
  const why = answer ? (answer.valid ? null : "The definition has problems.") : "Comparing with the latest version…";
  const submit = () => {
    if (why !== null || isBusy) return;
    if (same !== null) return done({ version: same, created: false });
    const onLatest = answer?.latestVersion ?? null;
    return run({ slug, text, ...(onLatest === null ? {} : { onLatest }) }, done);
  };
  useShortcuts([
    { keys: ["mod+s", "mod+enter"], label: "Push this version", run: submit, inFields: true, inDialogs: true },
  ]);
  const then = replays ? "The replay dialog opens next; nothing runs yet." : "Runs use it from the next trigger on.";
  return (
    <DialogContent
      size="lg"
      title={same === null ? "Push as a new version" : `Version ${same} has this content already`}
      description={same === null ? `Stored for good under the next number. ${then}` : "Nothing new is stored."}
      footer={
        <>
          <DialogClose asChild>
            <Button size="md">Back to the editor</Button>
          </DialogClose>
          <Button size="md" variant="primary" keys="mod+enter" loading={isBusy} disabledReason={why} onClick={submit}>
            {same === null ? "Push version" : replays ? `Replay on version ${same}` : `Open version ${same}`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {isMoved && answer ? (
          <Callout kind="warning">
            Meanwhile{" "}
            {answer.latestVersion === null
              ? "all versions were deleted"
              : `the latest version became ${answer.latestVersion}`}
            . This is the difference to it now: look at it again before you push.
          </Callout>
        ) : null}
        {refusal && refusal.code !== "conflict" ? <RefusalCallout refusal={refusal} /> : null}
        {found?.error ? <Callout kind="danger">{found.error}</Callout> : null}
        {answer ? (
          <Difference answer={answer} />
        ) : found?.error ? null : (
          <Spinner label="Comparing with the latest version" />
        )}
      </div>
    </DialogContent>
  );
}

function Difference({ answer: { difference, texts, latestVersion, warnings, faults } }: { answer: VersionValidated }) {
  return (
    <>
      {[...faults, ...warnings].map(({ path, message }) => (
        <Callout key={path + message} kind="warning">
          <code className="font-mono break-all">{path}</code>: {message}
        </Callout>
      ))}
      {difference && texts?.latest !== texts?.pushed ? <ChangedNodes difference={difference} /> : null}
      {texts ? (
        <TextDiff
          label={latestVersion === null ? "The first version" : `Version ${latestVersion} to this one`}
          before={texts.latest ?? ""}
          after={texts.pushed}
          className="max-h-[50dvh]"
        />
      ) : null}
    </>
  );
}

function useDifference(workspace: string, slug: string, text: string, turn: number) {
  const [found, setFound] = useState<{ answer: VersionValidated | null; error: string | null } | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    askValidation(workspace, slug, text, { texts: "true" }, stop.signal)
      .then((answer) => setFound({ answer, error: null }))
      .catch((error: unknown) => {
        if (!stop.signal.aborted)
          setFound({ answer: null, error: messageOf(error, "The difference could not be read.") });
      });
    return () => stop.abort();
  }, [workspace, slug, text, turn]);
  return found;
}
