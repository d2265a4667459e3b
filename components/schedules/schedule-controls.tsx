"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { toast } from "sonner";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { ConfirmDialog } from "#/components/ui/confirm-dialog.tsx";
import { Switch } from "#/components/ui/switch.tsx";
import type { Schedule } from "#/lib/contract/schedule.ts";
import type { ChangeScheduleAction } from "./edit-schedule.tsx";

export type ScheduleNamed = Pick<Schedule, "id" | "enabled" | "workflow" | "cron">;

/** Enables or disables a schedule at once. */
export function EnabledSwitch({
  schedule: { id, enabled, workflow, cron },
  denied,
  change,
}: {
  schedule: ScheduleNamed;
  denied: string | null;
  change: ChangeScheduleAction;
}) {
  const { run, isBusy } = useServerAction(change, {
    refused: ({ message }) => toast.error("Schedule not changed", { description: message }),
  });
  return (
    <Switch
      label={`${workflow.slug}, ${cron}: enabled`}
      checked={enabled}
      busy={isBusy}
      disabledReason={denied}
      onChange={(next) =>
        run({ id, enabled: next }, () =>
          toast.success(next ? "Schedule enabled" : "Schedule disabled", { description: workflow.slug }),
        )
      }
    />
  );
}

/** Deletes a schedule after asking, and leads to the list. */
export function DeleteSchedule({
  schedule: { id, workflow },
  listPath,
  denied,
  remove,
}: {
  schedule: ScheduleNamed;
  listPath: string;
  denied: string | null;
  remove: ServerAction<{ id: string }>;
}) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy } = useServerAction(remove, {
    refused: ({ message }) => {
      setOpen(false);
      toast.error("Schedule not deleted", { description: message });
    },
  });
  return (
    <>
      <Button disabledReason={denied} onClick={() => setOpen(true)}>
        Delete
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        title="Delete this schedule?"
        confirmLabel="Delete schedule"
        busy={isBusy}
        onConfirm={() =>
          run({ id }, () => {
            setOpen(false);
            toast.success("Schedule deleted", { description: workflow.slug });
            router.push(listPath);
          })
        }
      >
        It starts no more runs. The runs that it started stay.
      </ConfirmDialog>
    </>
  );
}
