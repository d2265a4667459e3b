"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { cn } from "./class-names.ts";
import { CopyByHand } from "./copy-by-hand.tsx";
import { copyText } from "./copy-text.ts";
import { Popover, PopoverAnchor, PopoverContent } from "./popover.tsx";

/**
 * Copies `value`; `label` names what is copied ("Copy run id"). With `children` they are the button's face. Where the browser
 * refuses, the text is shown selected.
 */
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
    if (state !== "copied") return;
    const timer = setTimeout(() => setState("idle"), 1600);
    return () => clearTimeout(timer);
  }, [state]);
  const said = state === "copied" ? "Copied" : "";
  const button = (
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
  if (state !== "refused") return button;
  return (
    <Popover open onOpenChange={() => setState("idle")}>
      <PopoverAnchor asChild>{button}</PopoverAnchor>
      <PopoverContent aria-label={label} className="w-80" onClick={(event) => event.stopPropagation()}>
        <CopyByHand text={value} />
      </PopoverContent>
    </Popover>
  );
}
