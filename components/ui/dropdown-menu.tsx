"use client";

import { Check } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import { type ComponentProps, createContext, type ReactNode, use, useRef, useState } from "react";
import { cn } from "./class-names.ts";
import { Kbd } from "./kbd.tsx";

const Landmark = createContext<HTMLElement | null>(null);

/**
 * Not modal: the page behind keeps its place in the accessibility tree, and a click outside closes the menu and still
 * counts. Its entries are in the landmark, or the dialog, that holds its button.
 */
export function DropdownMenu({ children, ...props }: Omit<ComponentProps<typeof Radix.Root>, "open" | "onOpenChange">) {
  const place = useRef<HTMLSpanElement>(null);
  const [landmark, setLandmark] = useState<HTMLElement | null>(null);
  const [isOpen, setOpen] = useState(false);
  const change = (opens: boolean) => {
    if (opens) setLandmark(place.current?.closest<HTMLElement>("[role=dialog], main, header, aside") ?? null);
    setOpen(opens);
  };
  return (
    <Landmark value={landmark}>
      <span ref={place} hidden />
      <Radix.Root modal={false} {...props} open={isOpen} onOpenChange={change}>
        {children}
      </Radix.Root>
    </Landmark>
  );
}

export const DropdownMenuTrigger = Radix.Trigger;

const itemClass =
  "flex w-full items-center gap-2 rounded-sm px-2 py-1 text-base text-ink outline-none select-none data-[disabled]:text-ink-subtle data-[highlighted]:bg-hover [&_svg]:size-3.5 [&_svg]:shrink-0 [&_svg]:text-ink-subtle";

export function DropdownMenuContent({ className, ...props }: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal container={use(Landmark)}>
      <Radix.Content
        sideOffset={4}
        collisionPadding={8}
        align="end"
        {...props}
        className={cn(
          "z-60 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 animate-appear overflow-y-auto rounded-md border border-line-strong bg-raised p-1 shadow-float",
          className,
        )}
      />
    </Radix.Portal>
  );
}

/** `disabledReason` keeps the entry visible, does nothing, and says why below its name. */
export function DropdownMenuItem({
  keys,
  danger,
  disabledReason,
  className,
  children,
  ...props
}: ComponentProps<typeof Radix.Item> & {
  keys?: string;
  danger?: boolean;
  disabledReason?: ReactNode;
}) {
  return (
    <Radix.Item
      {...props}
      disabled={Boolean(disabledReason) || props.disabled}
      className={cn(itemClass, danger && "text-danger [&_svg]:text-danger", className)}
    >
      {disabledReason ? (
        <span className="flex flex-col">
          <span className="flex items-center gap-2">{children}</span>
          <span className="max-w-56 text-sm">{disabledReason}</span>
        </span>
      ) : (
        children
      )}
      {keys ? <Kbd keys={keys} className="ml-auto pl-4" /> : null}
    </Radix.Item>
  );
}

/** An entry with a check mark; the menu stays open so that several can be chosen. */
export function DropdownMenuCheckboxItem({ className, children, ...props }: ComponentProps<typeof Radix.CheckboxItem>) {
  return (
    <Radix.CheckboxItem {...props} onSelect={(event) => event.preventDefault()} className={cn(itemClass, className)}>
      <span className="size-3.5 shrink-0">
        <Radix.ItemIndicator>
          <Check aria-hidden />
        </Radix.ItemIndicator>
      </span>
      {children}
    </Radix.CheckboxItem>
  );
}

export function DropdownMenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 py-1 text-sm text-ink-subtle">{children}</Radix.Label>;
}

export function DropdownMenuSeparator() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
}
