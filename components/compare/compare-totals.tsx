import { Link } from "#/components/ui/link.tsx";
import { EffectBadge } from "#/components/runs/effect-badge.tsx";
import { tracePath } from "#/components/runs/run-links.ts";
import { effectFields } from "#/components/runs/run-words.ts";
import { RunStatusBadge } from "#/components/runs/run-status.tsx";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import { cn } from "#/components/ui/class-names.ts";
import { shortId } from "#/components/ui/format.ts";
import { Table, TableCell, TableHead, TableHeaderCell, TableRow } from "#/components/ui/table.tsx";
import type { ComparedRun, NumberDelta, RunComparison } from "#/lib/contract/compare.ts";
import type { EffectsSummary } from "#/lib/contract/run.ts";
import { deltaText, percentText, quantityText, type Quantity } from "./delta-text.ts";
import { SideMark } from "./side-mark.tsx";
import { sideWord } from "./side-words.ts";

const columns: { name: string; of: keyof RunComparison["totals"]; quantity: Quantity }[] = [
  { name: "Duration", of: "durationMs", quantity: "duration" },
  { name: "Steps and calls", of: "steps", quantity: "count" },
  { name: "Tokens in", of: "inputTokens", quantity: "count" },
  { name: "Tokens out", of: "outputTokens", quantity: "count" },
  { name: "Cost", of: "costMicros", quantity: "cost" },
];

/** Both runs as rows, with the difference between them; a number that is unknown for one run stays unknown. */
export function CompareTotals({ comparison, workspaceSlug }: { comparison: RunComparison; workspaceSlug: string }) {
  const { a, b, totals } = comparison;
  return (
    <Table label="Totals" boxClassName="shrink-0 border-b border-line">
      <TableHead>
        <tr>
          <TableHeaderCell className="pl-3">Run</TableHeaderCell>
          <TableHeaderCell>Status</TableHeaderCell>
          {columns.map((column) => (
            <TableHeaderCell key={column.of} numeric>
              {column.name}
            </TableHeaderCell>
          ))}
          <TableHeaderCell className="pl-6">Mutating calls</TableHeaderCell>
        </tr>
      </TableHead>
      <tbody>
        {([a, b] as const).map((run, index) => (
          <TableRow key={index === 0 ? "a" : "b"} data-side={index === 0 ? "a" : "b"}>
            <RunCell run={run} letter={index === 0 ? "A" : "B"} workspaceSlug={workspaceSlug} />
            <TableCell>
              <RunStatusBadge status={run.status} reason={run.statusReason} />
            </TableCell>
            {columns.map(({ of, quantity }) => (
              <TableCell key={of} numeric>
                <Value value={totals[of][index === 0 ? "a" : "b"]} quantity={quantity} />
              </TableCell>
            ))}
            <TableCell className="py-1 pl-6 whitespace-normal">
              <Effects effects={run.effects} />
            </TableCell>
          </TableRow>
        ))}
        <tr className="bg-surface text-ink-muted" data-side="delta">
          <th scope="row" className="h-8 px-2 pl-3 text-left font-medium whitespace-nowrap">
            B compared with A
          </th>
          <TableCell>{a.status === b.status ? "no change" : "differs"}</TableCell>
          {columns.map(({ of, quantity }) => (
            <TableCell key={of} numeric>
              <Delta delta={totals[of]} quantity={quantity} />
            </TableCell>
          ))}
          <TableCell className="pl-6">{sameEffects(a.effects, b.effects) ? "no change" : "differs"}</TableCell>
        </tr>
      </tbody>
    </Table>
  );
}

function RunCell({ run, letter, workspaceSlug }: { run: ComparedRun; letter: "A" | "B"; workspaceSlug: string }) {
  return (
    <TableCell className="pl-3">
      <span className="inline-flex items-center gap-2">
        <SideMark side={letter} />
        <Link
          href={tracePath(workspaceSlug, run.id)}
          title={run.id}
          className="rounded-sm font-mono text-sm text-accent underline underline-offset-2 hover:text-accent-hover"
        >
          {shortId(run.id)}
        </Link>
        <CopyButton value={run.id} label={`Copy run id of ${letter}`} className="-mx-1" />
        <span className="text-ink-muted">
          {sideWord(run)} · {run.workflow.slug}
          {run.version === null ? "" : ` v${run.version}`}
        </span>
      </span>
    </TableCell>
  );
}

function Value({ value, quantity }: { value: number | null; quantity: Quantity }) {
  return <span className={cn(value === null && "text-ink-subtle")}>{quantityText(value, quantity)}</span>;
}

/** The difference between the two numbers, in plain ink: more is not better or worse by itself. */
export function Delta({ delta, quantity }: { delta: NumberDelta; quantity: Quantity }) {
  const isQuiet = delta.delta === null || delta.delta === 0;
  return (
    <span className={cn(isQuiet ? "text-ink-subtle" : "font-medium text-ink")}>
      {deltaText(delta, quantity)}
      {isQuiet ? null : <span className="font-normal text-ink-subtle">{percentText(delta)}</span>}
    </span>
  );
}

function Effects({ effects }: { effects: EffectsSummary }) {
  const shown = effectFields.filter(([, field]) => effects[field] > 0);
  if (shown.length === 0) return <span className="text-ink-subtle">none</span>;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
      {shown.map(([verdict, field]) => (
        <span key={verdict} className="inline-flex items-center gap-1 whitespace-nowrap">
          <span className="tabular">{effects[field]}</span>
          <EffectBadge verdict={verdict} />
        </span>
      ))}
    </span>
  );
}

function sameEffects(a: EffectsSummary, b: EffectsSummary): boolean {
  return effectFields.every(([, field]) => a[field] === b[field]);
}
