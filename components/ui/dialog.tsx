"use client";

import * as Radix from "@radix-ui/react-dialog";
import { X } from "lucide-react";
import { useRef, type ComponentProps, type ReactNode } from "react";
import { cn } from "./class-names.ts";

export const Dialog = Radix.Root;
export const DialogTrigger = Radix.Trigger;
export const DialogClose = Radix.Close;

const widths = { sm: "sm:max-w-md", md: "sm:max-w-xl", lg: "sm:max-w-3xl" };

/**
 * A modal window with title and description (both read out). Children scroll; put the actions in `footer`.
 * On narrow screens it fills the width and sits at the bottom.
 */
export function DialogContent({
  title,
  description,
  footer,
  size = "md",
  className,
  children,
  onOpenAutoFocus,
  onCloseAutoFocus,
  ...props
}: Omit<ComponentProps<typeof Radix.Content>, "title"> & {
  title: ReactNode;
  description?: ReactNode;
  footer?: ReactNode;
  size?: keyof typeof widths;
}) {
  const focus = useFocusReturn();
  return (
    <Radix.Portal>
      <Radix.Overlay className="fixed inset-0 z-50 bg-overlay" />
      <Radix.Content
        {...(description ? {} : { "aria-describedby": undefined })}
        {...props}
        onOpenAutoFocus={(event) => {
          focus.remember();
          onOpenAutoFocus?.(event);
        }}
        onCloseAutoFocus={(event) => {
          onCloseAutoFocus?.(event);
          if (!event.defaultPrevented) focus.giveBack(event);
        }}
        className={cn(
          "fixed inset-x-0 bottom-0 z-50 flex max-h-[92dvh] w-full flex-col rounded-t-lg border border-line-strong bg-raised text-ink shadow-float outline-none sm:inset-auto sm:top-[7dvh] sm:left-1/2 sm:max-h-[86dvh] sm:-translate-x-1/2 sm:rounded-lg",
          widths[size],
          className,
        )}
      >
        <header className="py-3 pr-12 pl-4">
          <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
          {description ? <Radix.Description className="text-ink-muted">{description}</Radix.Description> : null}
        </header>
        {children ? <div className="min-h-0 grow overflow-y-auto px-4 pb-4">{children}</div> : null}
        {footer ? (
          <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-4 py-3">
            {footer}
          </footer>
        ) : null}
        {/* Last, so that the focus starts on the dialog's own first control. */}
        <Radix.Close
          aria-label="Close"
          className="absolute top-2.5 right-3 inline-flex size-7 items-center justify-center rounded-md text-ink-muted hover:bg-hover hover:text-ink"
        >
          <X aria-hidden className="size-4" />
        </Radix.Close>
      </Radix.Content>
    </Radix.Portal>
  );
}

/**
 * Closing gives the focus back to what had it before. Radix does so for its own trigger only; most of our dialogs are
 * opened by a key or a button of their own. Where that is gone, the dialog around it gets the focus.
 */
function useFocusReturn() {
  const before = useRef<{ opener: HTMLElement; around: HTMLElement | null } | null>(null);
  const remember = () => {
    const opener = document.activeElement;
    before.current =
      opener instanceof HTMLElement && opener !== document.body
        ? { opener, around: opener.closest<HTMLElement>("[role=dialog], [role=alertdialog]") }
        : null;
  };
  const giveBack = (event: Event) => {
    const target = before.current?.opener.isConnected ? before.current.opener : before.current?.around;
    if (!target?.isConnected) return;
    event.preventDefault();
    target.focus();
  };
  return { remember, giveBack };
}
