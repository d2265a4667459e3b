import { cn } from "./class-names.ts";
import { CopyButton } from "./copy-button.tsx";
import { ScrollArea } from "./scroll-area.tsx";

/** Text to read and copy as it is: a definition, a prompt, a command. `label` names it. */
export function CodeBlock({
  text,
  label,
  wrap,
  className,
}: {
  text: string;
  label: string;
  /** Breaks long lines instead of scrolling. */
  wrap?: boolean;
  className?: string;
}) {
  return (
    <div className={cn("relative flex min-w-0 flex-col rounded-md border border-line-strong bg-surface", className)}>
      <ScrollArea label={label} className="p-3 pr-10">
        <pre className={cn("font-mono text-sm text-ink", wrap && "break-words whitespace-pre-wrap")}>{text}</pre>
      </ScrollArea>
      <CopyButton value={text} label={`Copy ${lowered(label)}`} className="absolute top-2 right-2 bg-surface" />
    </div>
  );
}

/** A label inside a sentence; names and acronyms keep their capitals. */
function lowered(label: string): string {
  return /^[A-Z][a-z]/.test(label) ? `${label.charAt(0).toLowerCase()}${label.slice(1)}` : label;
}
