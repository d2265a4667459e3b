import { jsonText } from "#/components/trace/json-nodes.ts";
import { cn } from "#/components/ui/class-names.ts";
import { TextDiff } from "#/components/ui/text-diff-view.tsx";
import type { ValueChange, ValueDiff } from "#/lib/contract/compare.ts";
import type { Json } from "#/lib/contract/json.ts";
import { changedPart } from "./changed-part.ts";
import { SideMark } from "./side-mark.tsx";

const linesOfAll = 1000;
const fewestLines = 10;

/** Where two values differ, place by place. `name` says which value ("Output"). */
export function ValueChanges({ diff, name }: { diff: ValueDiff | null; name: string }) {
  if (diff === null) return <p className="text-ink-subtle">The same on both sides.</p>;
  // All changes of a step share what one difference of texts may write out.
  const mostLines = Math.max(fewestLines, Math.floor(linesOfAll / Math.max(1, diff.changes.length)));
  return (
    <div className="flex flex-col gap-2">
      {diff.changes.map((change, index) => (
        <Change key={`${index} ${change.path}`} change={change} name={name} mostLines={mostLines} />
      ))}
      {diff.truncated ? (
        <p className="text-sm text-ink-muted">
          {diff.changes.length > 0 ? "There are more differences." : "They differ, and are too large to be shown here."}{" "}
          Open the two traces to see all.
        </p>
      ) : null}
    </div>
  );
}

function Change({ change, name, mostLines }: { change: ValueChange; name: string; mostLines: number }) {
  const place = change.path === "" ? "the whole value" : readablePath(change.path);
  return (
    <div className="min-w-0 rounded-md border border-line">
      <p className="flex flex-wrap items-baseline gap-x-2 border-b border-line bg-surface px-2 py-0.5 text-sm">
        <span className={cn("min-w-0 break-all text-ink-muted", change.path !== "" && "font-mono")}>{place}</span>
        {change.op === "changed" ? null : (
          <span className="text-ink-subtle">{change.op === "added" ? "only in B" : "only in A"}</span>
        )}
      </p>
      <ChangeBody change={change} label={`${name}, ${place}`} mostLines={mostLines} />
    </div>
  );
}

function ChangeBody({
  change: { op, a, b },
  label,
  mostLines,
}: {
  change: ValueChange;
  label: string;
  mostLines: number;
}) {
  if (op === "changed" && typeof a === "string" && typeof b === "string") {
    if (a.includes("\n") || b.includes("\n"))
      return (
        <TextDiff before={a} after={b} label={label} wrap most={mostLines} className="max-h-96 rounded-none border-0" />
      );
    return <ShortTexts a={a} b={b} />;
  }
  return (
    <>
      {op === "added" ? null : <Line side="A">{valueText(a)}</Line>}
      {op === "removed" ? null : <Line side="B">{valueText(b)}</Line>}
    </>
  );
}

/** Two texts of one line, with the differing part marked. */
function ShortTexts({ a, b }: { a: string; b: string }) {
  const part = changedPart(a, b);
  // When the texts share neither start nor end, marking everything would say nothing.
  const marks = part.before.length + part.after.length > 0;
  const face = (own: string) =>
    marks ? (
      <>
        {part.before}
        <mark className="rounded-sm bg-selected text-ink underline decoration-1 underline-offset-2">{own}</mark>
        {part.after}
      </>
    ) : (
      own
    );
  return (
    <>
      <Line side="A">{a === "" ? <Empty /> : face(part.a)}</Line>
      <Line side="B">{b === "" ? <Empty /> : face(part.b)}</Line>
    </>
  );
}

function Empty() {
  return <span className="font-sans text-ink-subtle">empty text</span>;
}

function Line({ side, children }: { side: "A" | "B"; children: React.ReactNode }) {
  const Tag = side === "A" ? "del" : "ins";
  return (
    <div className={cn("flex items-start gap-2 px-2 py-1", side === "A" ? "bg-danger-soft" : "bg-success-soft")}>
      <SideMark side={side} />
      <Tag className="min-w-0 grow font-mono text-sm break-words whitespace-pre-wrap text-ink no-underline">
        {children}
      </Tag>
    </div>
  );
}

function valueText(value: Json): string {
  return typeof value === "string" ? value : jsonText(value);
}

/** A JSON Pointer as people write paths: `/items/0/unit~1price` → `items[0]["unit/price"]`. */
function readablePath(pointer: string): string {
  return pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part, index) => {
      if (/^\d+$/.test(part)) return `[${part}]`;
      if (/^[A-Za-z_$][\w$-]*$/.test(part)) return index === 0 ? part : `.${part}`;
      return `[${JSON.stringify(part)}]`;
    })
    .join("");
}
