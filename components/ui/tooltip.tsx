"use client";

import { Tooltip as Radix } from "radix-ui";
import { type ReactNode, useState } from "react";
import { Kbd } from "./kbd.tsx";

/** One per page, in the root layout. */
export function TooltipProvider({ children }: { children: ReactNode }) {
  return (
    <Radix.Provider delayDuration={350} skipDelayDuration={200}>
      {children}
    </Radix.Provider>
  );
}

/**
 * A short explanation of the one element inside; never the only place of something that must be read. Without content
 * it stays closed and around the element: if it came and went, the element would lose the focus.
 */
export function Tooltip({
  content,
  keys,
  side = "top",
  children,
}: {
  content: ReactNode;
  keys?: string;
  side?: "top" | "right" | "bottom" | "left";
  children: ReactNode;
}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Radix.Root open={isOpen && Boolean(content)} onOpenChange={setOpen}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={5}
          collisionPadding={8}
          className="z-60 flex max-w-80 animate-appear items-center gap-2 rounded-md border border-line-strong bg-raised px-2 py-1 text-sm text-ink shadow-float"
        >
          {content}
          {keys ? <Kbd keys={keys} /> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
