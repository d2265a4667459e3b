"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { cn } from "./class-names.ts";

/** Puts text on the clipboard; false when the browser refuses (no permission, no secure context). */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Copies `value`; `label` names what is copied ("Copy run id"). With `children` they are the button's face. */
export function CopyButton({
  value,
  label,
  className,
  children,
}: {
  value: string;
  label: string;
  className?: string;
  children?: React.ReactNode;
}) {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 1600);
    return () => clearTimeout(timer);
  }, [state]);
  const said = state === "copied" ? "Copied" : state === "refused" ? "Copying was refused by the browser" : "";
  return (
    <button
      type="button"
      aria-label={children ? undefined : label}
      title={said || label}
      onClick={async (event) => {
        event.stopPropagation();
        setState((await copyText(value)) ? "copied" : "refused");
      }}
      className={cn(
        "relative inline-flex h-6 min-w-6 shrink-0 items-center justify-center gap-1 rounded-sm px-1 text-ink-subtle hover:bg-hover hover:text-ink",
        className,
      )}
    >
      {children}
      {state === "copied" ? (
        <Check aria-hidden className="size-3.5 text-success" />
      ) : (
        <Copy aria-hidden className="size-3.5" />
      )}
      <span role="status" className="sr-only">
        {said}
      </span>
    </button>
  );
}
