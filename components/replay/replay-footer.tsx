"use client";

import { Button } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { DialogClose } from "#/components/ui/dialog.tsx";
import { DraftNotice } from "#/components/ui/draft-dialog.tsx";

type Props = {
  /** Why the last submit was refused. */
  failure: { title: string; message: string | null };
  /** What is still needed, or what would be done. */
  status: string | null | undefined;
  /** The form that is submitted, and its button's words. */
  formId: string;
  label: string;
  isMutating: boolean;
  isBusy: boolean;
  isBlocked: boolean;
};

/** The foot of a dialog that replays one run or many. */
export function ReplayFooter({ failure, status, formId, label, isMutating, isBusy, isBlocked }: Props) {
  return (
    <>
      {failure.message !== null ? (
        <Callout kind="danger" title={failure.title} className="max-h-36 w-full overflow-y-auto">
          <p className="whitespace-pre-line">{failure.message}</p>
        </Callout>
      ) : null}
      <span role="status" className="mr-auto text-sm text-ink-subtle max-sm:not-empty:w-full">
        {status}
      </span>
      <DraftNotice />
      <DialogClose asChild>
        <Button size="md">Cancel</Button>
      </DialogClose>
      <Button
        type="submit"
        form={formId}
        variant={isMutating ? "danger" : "primary"}
        size="md"
        loading={isBusy}
        disabled={isBlocked}
        title="Ctrl or ⌘ + Enter"
      >
        {label}
      </Button>
    </>
  );
}
