"use client";

import { useDeferredValue, useEffect, useState } from "react";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import { formatCount } from "#/components/ui/format.ts";
import { browserHash } from "./content-hash.ts";

/** The hash of a text while it is typed: undefined until it is computed, null where the browser cannot. */
export function useLiveHash(text: string): string | null | undefined {
  const settled = useDeferredValue(text);
  const [found, setFound] = useState<{ text: string; hash: string | null }>();
  useEffect(() => {
    let isCurrent = true;
    void browserHash(settled).then((hash) => {
      if (isCurrent) setFound({ text: settled, hash });
    });
    return () => {
      isCurrent = false;
    };
  }, [settled]);
  return found?.text === text ? found.hash : undefined;
}

/** Size and hash of the text being typed. */
export function LiveHash({ text, hash }: { text: string; hash: string | null | undefined }) {
  return (
    <div className="rounded-md border border-line bg-surface px-3 py-2 text-sm">
      <div className="flex items-center justify-between gap-2">
        <span className="font-medium">Content hash</span>
        <span className="tabular text-ink-muted">
          {formatCount(new TextEncoder().encode(text).length)} bytes of UTF-8
        </span>
      </div>
      {hash === null ? (
        <p className="text-ink-muted">Shown after saving: the browser computes hashes on secure (https) pages only.</p>
      ) : (
        <p className="flex items-start gap-1">
          <output aria-label="Content hash of the text" className="font-mono break-all text-ink">
            {hash ?? "…"}
          </output>
          {hash ? <CopyButton value={hash} label="Copy the content hash" className="-my-0.5" /> : null}
        </p>
      )}
    </div>
  );
}
