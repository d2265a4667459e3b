"use client";

import { useTheme } from "next-themes";
import type { CSSProperties } from "react";
import { Toaster as Sonner } from "sonner";

/** Where toasts appear; call sonner's `toast()` from anywhere in the browser. One per page, in the root layout. */
export function Toaster() {
  const { resolvedTheme } = useTheme();
  return (
    <Sonner
      theme={resolvedTheme === "dark" ? "dark" : "light"}
      position="bottom-right"
      // Narrow enough to stand beside a dialog in the middle of 1280 px, whose buttons it must not cover.
      style={{ "--width": "304px" } as CSSProperties}
      closeButton
      duration={6000}
      toastOptions={{
        classNames: {
          toast: "!rounded-md !border-line-strong !bg-raised !text-ink !shadow-float !font-sans",
          description: "!text-ink-muted [overflow-wrap:anywhere]",
          actionButton: "!bg-accent !text-accent-ink !rounded-sm",
          cancelButton: "!bg-hover !text-ink !rounded-sm",
          closeButton: "!border-line-strong !bg-raised !text-ink-muted",
          error: "[&_[data-icon]]:!text-danger",
          success: "[&_[data-icon]]:!text-success",
          warning: "[&_[data-icon]]:!text-warning",
        },
      }}
    />
  );
}
