"use client";

import { useEffect, useRef } from "react";
import { toast } from "sonner";
import { copyText } from "./copy-text.ts";

/** What stands in for a copy that the browser refused: the text, selected, and the keys that copy it. */
export function CopyByHand({ text }: { text: string }) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    // After a closing menu has moved the focus.
    const timer = setTimeout(() => {
      field.current?.focus();
      field.current?.select();
    }, 50);
    return () => clearTimeout(timer);
  }, []);
  return (
    <span className="flex flex-col gap-1.5 text-left">
      <span role="alert">The browser blocked copying. Press Ctrl+C or ⌘C to copy the selected text.</span>
      <textarea
        ref={field}
        readOnly
        aria-label="Text to copy"
        rows={Math.min(6, Math.ceil(text.length / 40))}
        value={text}
        onFocus={(event) => event.currentTarget.select()}
        className="w-full resize-none rounded-sm border border-line-strong bg-surface p-1.5 font-mono text-sm break-all text-ink"
      />
    </span>
  );
}

/** Copies for a menu entry, which is gone by then: a toast tells the result. `done` is its text. */
export async function copyAndSay(text: string, done: string): Promise<void> {
  if (await copyText(text)) toast.success(done);
  else toast.error("Not copied", { description: <CopyByHand text={text} />, duration: Infinity });
}
