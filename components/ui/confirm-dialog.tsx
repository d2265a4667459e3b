"use client";

import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { Dialog, DialogClose, DialogContent } from "./dialog.tsx";

/**
 * Asks before something that cannot be taken back. `confirmLabel` names the action, `keepLabel` the choice to leave
 * things as they are; `onConfirm` closes it when done.
 */
export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  confirmLabel,
  keepLabel = "Keep it",
  busy,
  onConfirm,
  children,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  confirmLabel: string;
  keepLabel?: string;
  busy?: boolean;
  onConfirm: () => void;
  children: ReactNode;
}) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent
        role="alertdialog"
        title={title}
        description={children}
        size="sm"
        footer={
          <>
            <DialogClose asChild>
              <Button size="md">{keepLabel}</Button>
            </DialogClose>
            <Button size="md" variant="danger" loading={busy} onClick={onConfirm}>
              {confirmLabel}
            </Button>
          </>
        }
      />
    </Dialog>
  );
}
