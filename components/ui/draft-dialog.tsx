"use client";

import { usePathname } from "next/navigation";
import {
  createContext,
  type Dispatch,
  type ReactNode,
  type SetStateAction,
  use,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { dropDraft, hasDraft, keepField, keptField } from "./draft-store.ts";

type Place = { dialog: string; isRestored: boolean; discard: () => void };
const DraftPlace = createContext<Place | null>(null);

/**
 * A dialog that keeps what was typed (`useDraft`) when it is closed by Escape, a stray click, its Close button or a reload,
 * until it is accepted or discarded. `draft` names it within its page. `children` get `accept`, which closes it and
 * drops the draft, and `drop`, which only drops it.
 */
export function DraftDialog({
  open,
  onOpenChange,
  draft,
  children,
}: {
  open: boolean;
  onOpenChange: (isOpen: boolean) => void;
  draft: string;
  children: (accept: () => void, drop: () => void) => ReactNode;
}) {
  const dialog = `${usePathname()} ${draft}`;
  const [turn, setTurn] = useState(0);
  const drop = () => dropDraft(dialog);
  const accept = () => {
    drop();
    onOpenChange(false);
  };
  const discard = () => {
    drop();
    setTurn((count) => count + 1);
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      {open ? (
        <Placed key={turn} dialog={dialog} discard={discard}>
          {children(accept, drop)}
        </Placed>
      ) : null}
    </Dialog>
  );
}

function Placed({ dialog, discard, children }: Omit<Place, "isRestored"> & { children: ReactNode }) {
  const [isRestored] = useState(() => hasDraft(dialog));
  return <DraftPlace value={{ dialog, isRestored, discard }}>{children}</DraftPlace>;
}

/**
 * State of a dialog's field that outlives the dialog. A function as `initial` gets what was kept and returns the value
 * to start from. `isSecret`: kept in memory only.
 */
export function useDraft<T>(
  field: string,
  initial: T | ((kept: T | undefined) => T),
  { isSecret = false } = {},
): [T, Dispatch<SetStateAction<T>>] {
  const dialog = use(DraftPlace)?.dialog;
  const isTouched = useRef(false);
  const [value, setValue] = useState<T>(() => {
    const kept = dialog === undefined ? undefined : (keptField(dialog, field) as T | undefined);
    return typeof initial === "function" ? (initial as (kept: T | undefined) => T)(kept) : (kept ?? initial);
  });
  useEffect(() => {
    if (dialog !== undefined && isTouched.current) keepField(dialog, field, value, isSecret);
  }, [dialog, field, value, isSecret]);
  const set = useCallback<Dispatch<SetStateAction<T>>>((next) => {
    isTouched.current = true;
    setValue(next);
  }, []);
  return [value, set];
}

/**
 * For a secret that is only in its field, not in the page's state or markup: `ref` puts back what was typed, `keep` is
 * told of every change.
 */
export function useSecretDraft(field: string): {
  ref: (input: HTMLInputElement | null) => void;
  keep: (text: string) => void;
} {
  const dialog = use(DraftPlace)?.dialog ?? "";
  const ref = useCallback(
    (input: HTMLInputElement | null) => {
      const kept = keptField(dialog, field);
      if (input && typeof kept === "string") input.value = kept;
    },
    [dialog, field],
  );
  return { ref, keep: (text) => keepField(dialog, field, text, true) };
}

/** For a dialog's footer: says that the fields hold an earlier draft, and lets the person start afresh. */
export function DraftNotice() {
  const place = use(DraftPlace);
  if (!place?.isRestored) return null;
  return (
    <span className="mr-auto inline-flex items-center gap-2 text-sm text-ink-muted">
      Your draft is restored.
      <Button size="sm" variant="ghost" onClick={place.discard}>
        Discard draft
      </Button>
    </span>
  );
}
