"use client";

import * as Radix from "@radix-ui/react-dialog";
import { Menu } from "lucide-react";
import { useState } from "react";
import { Sidebar, type SidebarProps } from "./sidebar.tsx";

/** The sidebar on narrow screens: behind a button, over the page. */
export function SidebarDrawer(props: SidebarProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Radix.Root open={isOpen} onOpenChange={setOpen}>
      <Radix.Trigger
        aria-label="Open navigation"
        className="inline-flex size-7 shrink-0 items-center justify-center rounded-md text-ink-muted hover:bg-hover hover:text-ink md:hidden"
      >
        <Menu aria-hidden className="size-4" />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-overlay md:hidden" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-50 w-64 max-w-[85vw] border-r border-line-strong bg-surface outline-none md:hidden"
        >
          <Radix.Title className="sr-only">Navigation</Radix.Title>
          <Sidebar {...props} onNavigate={() => setOpen(false)} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
