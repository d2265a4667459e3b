import { cn } from "./class-names.ts";
import { CopyButton } from "./copy-button.tsx";
import { shortId } from "./format.ts";

/** A content hash, shortened; its title and a copy have the whole hash. `label` names what is copied. */
export function HashText({ hash, label, className }: { hash: string; label?: string; className?: string }) {
  return (
    <span className={cn("inline-flex items-center gap-0.5", className)}>
      <span title={hash} className="font-mono text-sm whitespace-nowrap">
        {shortId(hash, 13, 6)}
      </span>
      {label ? <CopyButton value={hash} label={label} /> : null}
    </span>
  );
}
