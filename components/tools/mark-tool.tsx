"use client";

import { toast } from "sonner";
import { ActorName } from "#/components/shell/actor-name.tsx";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Callout } from "#/components/ui/callout.tsx";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import { RadioGroup } from "#/components/ui/radio-group.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import type { ToolView } from "#/lib/contract/tool.ts";
import { type MarkChange, markWords } from "./tool-history.ts";

export type MarkToolAction = ServerAction<{ id: string; readOnly: boolean | null }>;

type Props = {
  tool: ToolView & { id: string };
  history: MarkChange[];
  names: Record<string, string>;
  denied: string | null;
  mark: MarkToolAction;
};

/** An admin's mark on a tool, with the earlier marks. */
export function MarkTool({ denied, ...props }: Props) {
  const { name } = props.tool;
  return (
    <DialogButton
      variant="ghost"
      aria-label={`Mark ${name}`}
      disabledReason={denied}
      draft={`mark of ${props.tool.id}`}
      dialog={(close) => <MarkToolForm {...props} onDone={close} />}
    >
      Mark
    </DialogButton>
  );
}

const choices = { none: null, readOnly: true, mutating: false } as const;
type Choice = keyof typeof choices;

function MarkToolForm({ tool, history, names, mark, onDone }: Omit<Props, "denied"> & { onDone: () => void }) {
  const present: Choice = tool.readOnly === null ? "none" : tool.readOnly ? "readOnly" : "mutating";
  const [choice, setChoice] = useDraft<Choice>("mark", present);
  const { run, isBusy, refusal } = useServerAction(mark);
  const submit = () =>
    run({ id: tool.id, readOnly: choices[choice] }, () => {
      onDone();
      toast.success("Mark saved", { description: `${tool.name}: ${markWords(choices[choice])}` });
    });
  return (
    <FormDialog
      title={`Mark ${tool.name}`}
      description={`Its calls are currently ${tool.mutating ? "mutating" : "read-only"}: ${tool.why}.`}
      submitLabel="Save mark"
      busy={isBusy}
      disabledReason={choice === present ? "The tool already has this mark." : null}
      onSubmit={submit}
    >
      <RadioGroup
        label="Mark"
        value={choice}
        onValueChange={(value) => setChoice(value as Choice)}
        options={[
          { value: "none", label: "No mark", description: noMarkWords(tool) },
          {
            value: "readOnly",
            label: "Read-only",
            description:
              tool.kind === "mcp"
                ? "It changes nothing: replays call it for real."
                : "Only MCP tools can be marked read-only; an HTTP tool is judged by its method.",
            disabled: tool.kind !== "mcp",
          },
          {
            value: "mutating",
            label: "Mutating",
            description: "Replays never call it, unless mutations are allowed.",
          },
        ]}
      />
      {choice === "readOnly" && present !== "readOnly" ? (
        <Callout kind="danger" title="Every replay will call it for real.">
          Mark it read-only only if you know that it changes nothing, whatever its arguments.
        </Callout>
      ) : null}
      <RefusalCallout refusal={refusal} />
      <History changes={history} names={names} />
    </FormDialog>
  );
}

function noMarkWords(tool: ToolView): string {
  return tool.kind === "mcp"
    ? "Its own declaration applies if its server is trusted and its definition has not changed."
    : "Its method decides.";
}

function History({ changes, names }: { changes: MarkChange[]; names: Record<string, string> }) {
  if (changes.length === 0) return <p className="text-sm text-ink-subtle">Never marked before.</p>;
  return (
    <section aria-label="Earlier marks">
      <h3 className="mb-1 text-sm font-medium">Earlier marks</h3>
      <ul className="flex flex-col gap-1 text-sm text-ink-muted">
        {changes.map(({ at, by, before, after }) => (
          <li key={at}>
            {markWords(before)} → {markWords(after)}, by <ActorName id={by} names={names} />, <RelativeTime iso={at} />
          </li>
        ))}
      </ul>
    </section>
  );
}
