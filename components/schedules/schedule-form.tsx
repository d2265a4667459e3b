import { type ReactNode, useId } from "react";
import { NativeSelect } from "#/components/replay/native-select.tsx";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage, type Refusal } from "#/components/shell/refusal.ts";
import { Button } from "#/components/ui/button.tsx";
import { Checkbox } from "#/components/ui/checkbox.tsx";
import { Field } from "#/components/ui/field.tsx";
import { FormDialog } from "#/components/ui/form-dialog.tsx";
import { Input } from "#/components/ui/input.tsx";
import { useNowMs } from "#/components/ui/relative-time.tsx";
import { TextAreaField, TextField } from "#/components/ui/text-field.tsx";
import { payloadFault } from "#/components/workflows/trigger-command.ts";
import { cronWords } from "./cron-words.ts";
import { NextTimes } from "./next-times.tsx";
import { presets, type ScheduleDraft, timesFault } from "./schedule-draft.ts";
import { timeZones } from "./zoned-time.ts";

const shownFields = ["workflow", "cron", "timeZone", "environment", "payload"];

/** The fields of a schedule, with its next times as they are typed. */
export function ScheduleForm({
  title,
  submitLabel,
  draft,
  workflow,
  payload,
  environments,
  refusal,
  isBusy,
  onChange,
  onSubmit,
}: {
  title: string;
  submitLabel: string;
  draft: ScheduleDraft;
  /** Where the workflow can be chosen. */
  workflow?: ReactNode;
  /** What the field shows; `isKept`: nothing was typed, and what is stored stays. */
  payload: { text: string; hint: string; isKept: boolean };
  environments: readonly string[];
  refusal: Refusal | null;
  isBusy: boolean;
  onChange: (change: Partial<ScheduleDraft>) => void;
  onSubmit: () => void;
}) {
  const places = useId();
  const nowMs = useNowMs() ?? 0;
  const fault = timesFault(draft, new Date(nowMs));
  const faultOf = (field: "cron" | "timeZone") =>
    fault?.field === field ? fault.message : fieldMessage(refusal, field);
  const badPayload = payload.isKept ? null : payloadFault(payload.text);
  const isTimed = draft.cron.trim() !== "" && fault === null;
  const words = isTimed ? cronWords(draft.cron) : null;
  const reason =
    draft.workflow === ""
      ? "Choose a workflow."
      : draft.cron.trim() === ""
        ? "Enter a cron expression."
        : fault
          ? "Correct the times."
          : badPayload
            ? "Correct the payload."
            : null;
  return (
    <FormDialog
      title={title}
      description="Each time of the cron expression starts one run."
      size="lg"
      submitLabel={submitLabel}
      busy={isBusy}
      disabledReason={reason}
      onSubmit={() => (reason === null && !isBusy ? onSubmit() : undefined)}
    >
      <div className="grid gap-x-5 gap-y-3 md:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-3">
          {workflow}
          <div className="flex flex-col gap-1.5">
            <TextField
              label="Cron expression"
              hint={words ?? "Five fields, minute first, or six with seconds first"}
              error={faultOf("cron")}
              mono
              maxLength={100}
              placeholder="0 9 * * 1-5"
              value={draft.cron}
              onText={(cron) => onChange({ cron })}
            />
            <fieldset className="flex flex-wrap gap-1">
              <legend className="sr-only">Start from</legend>
              {presets.map(({ label, cron }) => (
                <Button key={cron} aria-pressed={draft.cron === cron} onClick={() => onChange({ cron })}>
                  {label}
                </Button>
              ))}
            </fieldset>
          </div>
          <Field label="Time zone" error={faultOf("timeZone")}>
            {(control) => (
              <NativeSelect
                {...control}
                value={draft.timeZone}
                onChange={(event) => onChange({ timeZone: event.currentTarget.value })}
              >
                {timeZones(draft.timeZone).map((zone) => (
                  <option key={zone} value={zone}>
                    {zone}
                  </option>
                ))}
              </NativeSelect>
            )}
          </Field>
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          <section aria-label="Preview" className="rounded-md border border-line bg-surface px-3 py-2">
            <h3 className="pb-1 text-sm font-medium text-ink-muted">Next five times</h3>
            {isTimed ? (
              <NextTimes cron={draft.cron} timeZone={draft.timeZone} />
            ) : (
              <p className="text-sm text-ink-subtle">
                {fault ? "None: the expression is not valid." : "Shown as soon as you enter a cron expression."}
              </p>
            )}
          </section>
          <Field
            label="Environment"
            hint="Its runs use the variables of this environment."
            error={fieldMessage(refusal, "environment")}
          >
            {(control) => (
              <>
                <Input
                  {...control}
                  mono
                  list={places}
                  autoComplete="off"
                  spellCheck={false}
                  maxLength={32}
                  value={draft.environment}
                  onChange={(event) => onChange({ environment: event.currentTarget.value })}
                />
                <datalist id={places}>
                  {environments.map((name) => (
                    <option key={name} value={name}>
                      {name}
                    </option>
                  ))}
                </datalist>
              </>
            )}
          </Field>
        </div>
      </div>
      <TextAreaField
        label="Payload (JSON)"
        hint={payload.hint}
        error={badPayload ?? fieldMessage(refusal, "payload")}
        mono
        rows={6}
        value={payload.text}
        onText={(text) => onChange({ payload: text })}
      />
      <div className="flex flex-col gap-2">
        <Checkbox
          checked={draft.catchUp}
          onCheckedChange={(catchUp) => onChange({ catchUp })}
          label="Catch up: times missed during an outage make one run, late"
        />
        <Checkbox checked={draft.enabled} onCheckedChange={(enabled) => onChange({ enabled })} label="Enabled" />
      </div>
      <RefusalCallout refusal={refusal} shown={shownFields} />
    </FormDialog>
  );
}
