"use client";

import { Pencil, Plus } from "lucide-react";
import { useParams } from "next/navigation";
import { toast } from "sonner";
import { useRead } from "#/components/data/use-read.ts";
import { NativeSelect } from "#/components/replay/native-select.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { Field } from "#/components/ui/field.tsx";
import { DialogButton } from "#/components/ui/form-dialog.tsx";
import type { Schedule } from "#/lib/contract/schedule.ts";
import { draftOf, emptyDraft, payloadText, type ScheduleDraft } from "./schedule-draft.ts";
import { ScheduleForm } from "./schedule-form.tsx";
import { ownTimeZone } from "./zoned-time.ts";

type Settings = Omit<ScheduleDraft, "workflow" | "payload">;
export type CreateScheduleAction = ServerAction<Settings & { workflow: string; payload: string }, Schedule>;
export type ChangeScheduleAction = ServerAction<Partial<Settings> & { id: string; payload?: string }, Schedule>;
export type SamplePayloadAction = ServerAction<{ slug: string }, string>;

type NewProps = {
  /** Slugs. */
  workflows: readonly string[];
  environments: readonly string[];
  create: CreateScheduleAction;
  sample: SamplePayloadAction;
};

/** Makes a schedule. */
export function NewSchedule({ denied, ...props }: NewProps & { denied: string | null }) {
  return (
    <DialogButton
      variant="primary"
      disabledReason={denied ?? (props.workflows.length === 0 ? "There is no workflow to schedule yet." : null)}
      draft="schedule"
      dialog={(close) => <NewScheduleForm {...props} onDone={close} />}
    >
      <Plus aria-hidden />
      New schedule
    </DialogButton>
  );
}

function NewScheduleForm({ workflows, environments, create, sample, onDone }: NewProps & { onDone: () => void }) {
  const only = workflows.length === 1 ? (workflows[0] ?? "") : "";
  const [draft, setDraft] = useDraft<ScheduleDraft>("schedule", (kept) => kept ?? emptyDraft(ownTimeZone(), only));
  const { run, isBusy, refusal, clear } = useServerAction(create);
  const suggested = useSamplePayload(draft.workflow, sample);
  const text = draft.payload ?? suggested;
  const change = (part: Partial<ScheduleDraft>) => {
    clear();
    setDraft((before) => ({ ...before, ...part }));
  };
  const submit = () =>
    run({ ...draft, payload: text }, ({ workflow: { slug } }) => {
      onDone();
      toast.success("Schedule created", { description: slug });
    });
  return (
    <ScheduleForm
      title="New schedule"
      submitLabel="Create schedule"
      draft={draft}
      workflow={
        <Field label="Workflow" error={fieldMessage(refusal, "workflow")}>
          {(control) => (
            <NativeSelect
              {...control}
              value={draft.workflow}
              onChange={(event) => change({ workflow: event.currentTarget.value })}
            >
              {draft.workflow === "" ? <option value="">Choose a workflow</option> : null}
              {workflows.map((slug) => (
                <option key={slug} value={slug}>
                  {slug}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
      }
      payload={{ text, hint: "Validated against the latest version’s input schema.", isKept: false }}
      environments={environments}
      refusal={refusal}
      isBusy={isBusy}
      onChange={change}
      onSubmit={submit}
    />
  );
}

/** A payload of the shape that the workflow's latest version takes, to start from. */
function useSamplePayload(slug: string, sample: SamplePayloadAction): string {
  const { workspaceSlug } = useParams<{ workspaceSlug: string }>();
  const { data } = useRead(
    {
      queryKey: ["sample payload", workspaceSlug, slug],
      queryFn: async () => {
        const answer = await sample({ workspaceSlug, slug });
        return answer.ok ? answer.data : null;
      },
    },
    slug !== "",
  );
  return data ?? "{}";
}

type EditProps = { schedule: Schedule; environments: readonly string[]; change: ChangeScheduleAction };

/** Changes a schedule; its workflow stays. */
export function EditSchedule({ denied, ...props }: EditProps & { denied: string | null }) {
  return (
    <DialogButton
      disabledReason={denied}
      draft="edit schedule"
      dialog={(close) => <EditScheduleForm {...props} onDone={close} />}
    >
      <Pencil aria-hidden />
      Edit
    </DialogButton>
  );
}

function EditScheduleForm({ schedule, environments, change: save, onDone }: EditProps & { onDone: () => void }) {
  const [draft, setDraft] = useDraft<ScheduleDraft>("schedule", (kept) => kept ?? draftOf(schedule));
  const { run, isBusy, refusal, clear } = useServerAction(save);
  const stored = payloadText(schedule.payload);
  const { workflow: slug, payload, ...settings } = draft;
  const change = (part: Partial<ScheduleDraft>) => {
    clear();
    setDraft((before) => ({ ...before, ...part }));
  };
  const submit = () =>
    run({ id: schedule.id, ...settings, ...(payload === null ? {} : { payload }) }, () => {
      onDone();
      toast.success("Schedule saved", { description: slug });
    });
  return (
    <ScheduleForm
      title={`Schedule of ${slug}`}
      submitLabel="Save schedule"
      draft={draft}
      payload={{
        text: payload ?? stored ?? "",
        hint:
          stored === null
            ? "The payload is too large to edit here. What you enter replaces it."
            : "Validated against the latest version’s input schema.",
        isKept: payload === null,
      }}
      environments={environments}
      refusal={refusal}
      isBusy={isBusy}
      onChange={change}
      onSubmit={submit}
    />
  );
}
