"use client";

import { Keyboard } from "lucide-react";
import { useState } from "react";
import { Dialog, DialogContent } from "#/components/ui/dialog.tsx";
import { IconButton } from "#/components/ui/icon-button.tsx";
import { Kbd } from "#/components/ui/kbd.tsx";
import { type ListedShortcut, useListedShortcuts, useShortcuts } from "#/components/ui/use-shortcuts.ts";

const showKeys = { keys: "?", label: "Show the keys of this page", group: "Everywhere" };

/** The keys that work on this page, opened by `?` or by its button. */
export function ShortcutsDialog() {
  const [isOpen, setOpen] = useState(false);
  useShortcuts([{ ...showKeys, run: () => setOpen(true) }]);
  const shortcuts = useListedShortcuts();
  const groups = [...new Set(shortcuts.map((shortcut) => shortcut.group))].toSorted((a, b) =>
    a === showKeys.group ? 1 : b === showKeys.group ? -1 : 0,
  );
  return (
    <>
      <IconButton
        label="Keyboard shortcuts"
        keys="?"
        side="bottom"
        icon={<Keyboard aria-hidden />}
        className="max-sm:hidden"
        onClick={() => setOpen(true)}
      />
      <Dialog open={isOpen} onOpenChange={setOpen}>
        <DialogContent title="Keyboard shortcuts" description="Shortcuts are off while you type in a field." size="sm">
          {groups.map((group) => (
            <section key={group} className="mt-2">
              <h3 className="pb-1 text-sm font-medium text-ink-subtle">{group}</h3>
              <ul>
                {shortcuts
                  .filter((shortcut) => shortcut.group === group)
                  .map((shortcut) => (
                    <ShortcutRow key={`${shortcut.label}${shortcut.keys.join()}`} shortcut={shortcut} />
                  ))}
              </ul>
            </section>
          ))}
        </DialogContent>
      </Dialog>
    </>
  );
}

function ShortcutRow({ shortcut }: { shortcut: ListedShortcut }) {
  return (
    <li className="flex items-center justify-between gap-4 border-t border-line py-1.5">
      <span>{shortcut.label}</span>
      <span className="flex shrink-0 gap-1.5">
        {shortcut.keys.map((keys) => (
          <Kbd key={keys} keys={keys} />
        ))}
      </span>
    </li>
  );
}
