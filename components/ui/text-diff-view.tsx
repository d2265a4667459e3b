import { ChevronRight } from "lucide-react";
import { cn } from "./class-names.ts";
import { ScrollArea } from "./scroll-area.tsx";
import { formatCount } from "./format.ts";
import { type DiffHunk, type DiffLine, textDifference } from "./text-diff.ts";

/** Two texts as one list of lines, removed and added ones marked; long equal stretches are folded. `label` names it. */
export function TextDiff({
  before,
  after,
  label,
  wrap,
  most,
  className,
}: {
  before: string;
  after: string;
  label: string;
  /** Breaks long lines instead of scrolling: for prose. */
  wrap?: boolean;
  /** The most lines that are written out; of more, only their number is told. */
  most?: number;
  className?: string;
}) {
  if (before === after) return <p className="text-ink-muted">The two texts are identical, byte for byte.</p>;
  const { hunks, added, removed, unshown } = textDifference(before, after, most);
  return (
    <div className={cn("flex min-h-0 min-w-0 flex-col rounded-md border border-line-strong", className)}>
      <p className="border-b border-line px-3 py-1 text-sm text-ink-muted">
        <span className="text-success">+{formatCount(added)}</span>{" "}
        <span className="text-danger">−{formatCount(removed)}</span> {added + removed === 1 ? "line" : "lines"}
      </p>
      <ScrollArea label={label} className="font-mono text-sm">
        <div className={wrap ? "[&_[data-line]]:break-words [&_[data-line]]:whitespace-pre-wrap" : "min-w-max"}>
          {hunks.map((hunk, index) => (
            <Hunk key={`${index} ${keyOf(hunk.lines[0])}`} hunk={hunk} />
          ))}
        </div>
      </ScrollArea>
      {unshown > 0 ? (
        <p className="border-t border-line px-3 py-1 text-sm text-ink-muted">
          {formatCount(unshown)} more changed {unshown === 1 ? "line is" : "lines are"} not shown.
        </p>
      ) : null}
    </div>
  );
}

function Hunk({ hunk: { folded, count, lines } }: { hunk: DiffHunk }) {
  if (!folded) return <Lines lines={lines} />;
  const said = `${formatCount(count)} unchanged lines`;
  if (lines.length === 0) return <p className="bg-surface px-2 py-0.5 pl-6 text-ink-subtle">{said}</p>;
  return (
    <details className="group">
      <summary className="flex cursor-pointer list-none items-center gap-1 bg-surface px-2 py-0.5 text-ink-subtle hover:text-ink focus-visible:-outline-offset-2">
        <ChevronRight aria-hidden className="size-3.5 group-open:rotate-90" />
        {said}
      </summary>
      <Lines lines={lines} />
    </details>
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
  // From the end: a pattern would try every blank of a line as the first of the last ones.
  let end = text.length;
  while (end > 0 && " \t\r".includes(text.charAt(end - 1))) end -= 1;
  const blanks = text.slice(end).replaceAll(" ", "·").replaceAll("\t", "→").replaceAll("\r", "␍");
  return `${text.slice(0, end)}${blanks}`;
}

function keyOf(line: DiffLine | undefined): string {
  if (!line) return "none";
  return line.kind === "added" ? `+${line.after}` : `-${line.before}`;
}
