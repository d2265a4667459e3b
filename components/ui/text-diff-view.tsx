import { ChevronRight } from "lucide-react";
import { cn } from "./class-names.ts";
import { ScrollArea } from "./scroll-area.tsx";
import { countChanges, type DiffLine, diffLines, foldSame } from "./text-diff.ts";

/** Two texts as one list of lines, removed and added ones marked; long equal stretches are folded. `label` names it. */
export function TextDiff({
  before,
  after,
  label,
  wrap,
  className,
}: {
  before: string;
  after: string;
  label: string;
  /** Breaks long lines instead of scrolling: for prose. */
  wrap?: boolean;
  className?: string;
}) {
  if (before === after) return <p className="text-ink-muted">The two texts are identical, byte for byte.</p>;
  const lines = diffLines(before, after);
  const { added, removed } = countChanges(lines);
  return (
    <div className={cn("flex min-h-0 min-w-0 flex-col rounded-md border border-line-strong", className)}>
      <p className="border-b border-line px-3 py-1 text-sm text-ink-muted">
        <span className="text-success">+{added}</span> <span className="text-danger">−{removed}</span>{" "}
        {added + removed === 1 ? "line" : "lines"}
      </p>
      <ScrollArea label={label} className="font-mono text-sm">
        <div className={wrap ? "[&_[data-line]]:break-words [&_[data-line]]:whitespace-pre-wrap" : "min-w-max"}>
          {foldSame(lines).map((hunk) =>
            hunk.folded ? (
              <details key={keyOf(hunk.lines[0])} className="group">
                <summary className="flex cursor-pointer list-none items-center gap-1 bg-surface px-2 py-0.5 text-ink-subtle hover:text-ink focus-visible:-outline-offset-2">
                  <ChevronRight aria-hidden className="size-3.5 group-open:rotate-90" />
                  {hunk.lines.length} unchanged lines
                </summary>
                <Lines lines={hunk.lines} />
              </details>
            ) : (
              <Lines key={keyOf(hunk.lines[0])} lines={hunk.lines} />
            ),
          )}
        </div>
      </ScrollArea>
    </div>
  );
}

function Lines({ lines }: { lines: DiffLine[] }) {
  return lines.map((line) => <Line key={keyOf(line)} line={line} />);
}

const looks = {
  same: { tag: "span", sign: " ", said: null, ground: "", ink: "text-ink-muted" },
  removed: { tag: "del", sign: "−", said: "Removed: ", ground: "bg-danger-soft", ink: "text-danger" },
  added: { tag: "ins", sign: "+", said: "Added: ", ground: "bg-success-soft", ink: "text-success" },
} as const;

function Line({ line }: { line: DiffLine }) {
  const { tag: Tag, sign, said, ground, ink } = looks[line.kind];
  return (
    <Tag className={cn("flex no-underline", ground)}>
      <LineNumber value={line.kind === "added" ? null : line.before} />
      <LineNumber value={line.kind === "removed" ? null : line.after} />
      <span aria-hidden className={cn("w-5 shrink-0 text-center select-none", ink)}>
        {sign}
      </span>
      {said ? <span className="sr-only">{said}</span> : null}
      <span
        data-line
        className={cn("min-w-0 pr-3 whitespace-pre", line.kind === "same" ? "text-ink-muted" : "text-ink")}
      >
        {line.kind === "same" ? line.text : visibleEnd(line.text)}
      </span>
    </Tag>
  );
}

function LineNumber({ value }: { value: number | null }) {
  return (
    <span aria-hidden className="tabular w-9 shrink-0 pr-1.5 text-right text-ink-subtle select-none">
      {value}
    </span>
  );
}

/** Makes spaces and a carriage return at the end of a changed line visible; nobody would see that change otherwise. */
function visibleEnd(text: string): string {
  return text.replace(/[ \t\r]+$/, (end) => end.replaceAll(" ", "·").replaceAll("\t", "→").replaceAll("\r", "␍"));
}

function keyOf(line: DiffLine | undefined): string {
  if (!line) return "none";
  return line.kind === "added" ? `+${line.after}` : `-${line.before}`;
}
