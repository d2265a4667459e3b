"use client";

import { Play } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, useSyncExternalStore } from "react";
import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { CodeBlock } from "#/components/ui/code-block.tsx";
import { DialogClose, DialogContent } from "#/components/ui/dialog.tsx";
import { DraftDialog, DraftNotice, useDraft } from "#/components/ui/draft-dialog.tsx";
import { Field } from "#/components/ui/field.tsx";
import { Input } from "#/components/ui/input.tsx";
import { Select } from "#/components/ui/select.tsx";
import { Textarea } from "#/components/ui/textarea.tsx";
import { useShortcuts } from "#/components/ui/use-shortcuts.ts";
import type { RunAccepted } from "#/lib/contract/run.ts";
import { cliCommand, curlCommand, payloadFault } from "./trigger-command.ts";

export type TriggerAction = ServerAction<
  { slug: string; payload: string; version?: number; environment?: string },
  RunAccepted
>;

type Props = {
  slug: string;
  /** Newest first. */
  versions: number[];
  samplePayload: string;
  /** Why nothing can be triggered now. */
  disabledReason: string | null;
  trigger: TriggerAction;
};

/** Starts a run from the page, and shows the same call for the terminal. */
export function TriggerDialog(props: Props) {
  const [isOpen, setOpen] = useState(false);
  useShortcuts([
    { keys: "t", label: "Trigger a run", run: () => setOpen(true), enabled: props.disabledReason === null },
  ]);
  return (
    <>
      <Button variant="primary" keys="t" disabledReason={props.disabledReason} onClick={() => setOpen(true)}>
        <Play aria-hidden />
        Trigger
      </Button>
      <DraftDialog open={isOpen} onOpenChange={setOpen} draft="trigger">
        {(accept) => <TriggerContent {...props} onDone={accept} />}
      </DraftDialog>
    </>
  );
}

function TriggerContent({ slug, versions, samplePayload, trigger, onDone }: Props & { onDone: () => void }) {
  const router = useRouter();
  const [payload, setPayload] = useDraft("payload", samplePayload);
  const [version, setVersion] = useDraft("version", "latest");
  const [environment, setEnvironment] = useDraft("environment", "production");
  const { run, isBusy, refusal, clear } = useServerAction(trigger);
  const fault = payloadFault(payload);
  const number = version === "latest" ? null : Number(version);
  const chosen = { slug, payload, version: number, environment: environment === "production" ? null : environment };
  const submit = () => {
    if (fault || isBusy) return;
    run({ slug, payload, environment, ...(number === null ? {} : { version: number }) }, (accepted) => {
      onDone();
      toast.success("Run started", { description: accepted.id });
      router.push(accepted.url);
    });
  };
  useShortcuts([{ keys: "mod+enter", label: "Start the run", run: submit, inFields: true, inDialogs: true }]);
  return (
    <DialogContent
      title={`Trigger ${slug}`}
      description="Starts a run with this payload. Model and tool calls are made for real."
      size="lg"
      footer={
        <>
          <DraftNotice />
          <DialogClose asChild>
            <Button size="md">Close</Button>
          </DialogClose>
          <Button size="md" variant="primary" keys="mod+enter" loading={isBusy} disabledReason={fault} onClick={submit}>
            Start run
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field
          label="Payload (JSON)"
          hint="Validated against the version's input schema when the run starts."
          error={fault ?? fieldMessage(refusal, "payload")}
        >
          {(control) => (
            <Textarea
              {...control}
              mono
              rows={12}
              spellCheck={false}
              value={payload}
              onChange={(event) => {
                clear();
                setPayload(event.currentTarget.value);
              }}
            />
          )}
        </Field>
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="Version">
            {(control) => (
              <Select
                {...control}
                value={version}
                onValueChange={setVersion}
                options={[
                  { value: "latest", label: "Latest" },
                  ...versions.map((each) => ({ value: String(each), label: `Version ${each}` })),
                ]}
              />
            )}
          </Field>
          <Field label="Environment" hint="The run uses its variables." error={fieldMessage(refusal, "environment")}>
            {(control) => (
              <Input
                {...control}
                mono
                maxLength={32}
                value={environment}
                onChange={(event) => setEnvironment(event.currentTarget.value)}
              />
            )}
          </Field>
        </div>
        <RefusalCallout refusal={refusal} shown={["environment"]} />
        <Commands choice={chosen} />
      </div>
    </DialogContent>
  );
}

function Commands({ choice }: { choice: Parameters<typeof cliCommand>[0] }) {
  const origin = useSyncExternalStore(
    () => () => {},
    () => window.location.origin,
    () => "$REPRISE_URL",
  );
  return (
    <details className="group">
      <summary className="cursor-pointer rounded-sm text-sm font-medium text-ink-muted hover:text-ink">
        From a terminal
      </summary>
      <div className="mt-2 flex flex-col gap-2">
        <CodeBlock label="curl command" text={curlCommand(origin, choice)} />
        <CodeBlock label="CLI command" text={cliCommand(choice)} />
      </div>
    </details>
  );
}
