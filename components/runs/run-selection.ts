import { mostBatchRuns } from "#/lib/contract/batch.ts";
import type { RunFilter, RunSummary } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";

/** What the actions on a selection need to know of a run. */
export type SelectedRun = Pick<
  RunSummary,
  "id" | "status" | "workflow" | "version" | "createdAt" | "prompts" | "models"
>;

/**
 * The runs of the list that are ticked, also those of other pages; or, as `matching`, all that match a filter, those
 * included that no page has shown. `anchor` is the row from which a range is drawn.
 */
export type RunSelection = {
  readonly runs: ReadonlyMap<string, SelectedRun>;
  readonly matching: { readonly filter: RunFilter; readonly count: number } | null;
  readonly anchor: string | null;
};

export const nothingSelected: RunSelection = { runs: new Map(), matching: null, anchor: null };

/** `rows` are the runs of the page, in its order. */
export type SelectionStep =
  | { kind: "toggle"; id: string; rows: readonly SelectedRun[] }
  /** Shift-click: every row between the anchor and this one becomes what this one becomes. */
  | { kind: "range"; id: string; rows: readonly SelectedRun[] }
  /** Shift-arrow: the cursor moves from one row to another, and what lies between the anchor and it is selected. */
  | { kind: "stretch"; from: string; to: string; rows: readonly SelectedRun[] }
  /** The head of the table: selects the page, or lets go of it when all of it was selected. */
  | { kind: "page"; rows: readonly SelectedRun[] }
  | { kind: "matching"; filter: RunFilter; count: number }
  | { kind: "clear" };

/** The selection after a step. Pure. */
export function select(before: RunSelection, step: SelectionStep): RunSelection {
  if (step.kind === "clear") return before.runs.size === 0 && before.matching === null ? before : nothingSelected;
  if (step.kind === "matching") return { ...nothingSelected, matching: { filter: step.filter, count: step.count } };
  const { rows } = step;
  // Whoever lets go of one row of all that match keeps what is in sight.
  const runs = new Map(before.matching ? rows.map((run) => [run.id, run]) : before.runs);
  const set = (some: readonly SelectedRun[], isOn: boolean) => {
    for (const run of some)
      if (isOn) runs.set(run.id, run);
      else runs.delete(run.id);
  };
  if (step.kind === "page") {
    set(rows, !rows.every(({ id }) => runs.has(id)));
    return { runs, matching: null, anchor: null };
  }
  if (step.kind === "stretch") {
    const anchor = rows.some(({ id }) => id === before.anchor) ? (before.anchor ?? step.from) : step.from;
    set(between(rows, anchor, step.from), false);
    set(between(rows, anchor, step.to), true);
    return { runs, matching: null, anchor };
  }
  const isOn = !runs.has(step.id);
  const from = step.kind === "range" && rows.some(({ id }) => id === before.anchor) ? before.anchor : null;
  set(between(rows, from ?? step.id, step.id), isOn);
  return { runs, matching: null, anchor: step.id };
}

/** The rows from one to another, in either direction, both included. */
function between(rows: readonly SelectedRun[], a: string, b: string): readonly SelectedRun[] {
  const [from, to] = [a, b].map((id) => rows.findIndex((row) => row.id === id)).sort((x, y) => x - y);
  return from === undefined || to === undefined || from < 0 ? [] : rows.slice(from, to + 1);
}

/** How many runs are selected. */
export function selectedCount({ runs, matching }: RunSelection): number {
  return matching?.count ?? runs.size;
}

export function isSelected({ runs, matching }: RunSelection, id: string): boolean {
  return matching !== null || runs.has(id);
}

/** What the head of the table shows for the rows of the page. */
export function pageState(selection: RunSelection, rows: readonly { id: string }[]): boolean | "indeterminate" {
  const ticked = rows.filter(({ id }) => isSelected(selection, id)).length;
  if (ticked === 0) return false;
  return ticked === rows.length ? true : "indeterminate";
}

/** The runs that were ticked one by one, as the rows in sight say they are now, newest first. Pure. */
export function selectedRuns(selection: RunSelection, rows: readonly SelectedRun[]): SelectedRun[] {
  const live = new Map(rows.map((row) => [row.id, row]));
  return [...selection.runs.values()]
    .map((run) => live.get(run.id) ?? run)
    .toSorted((a, b) => (a.createdAt === b.createdAt ? (a.id < b.id ? 1 : -1) : a.createdAt < b.createdAt ? 1 : -1));
}

/** What a request names: ids, or the filter. */
export function selectionOf(selection: RunSelection): { runIds: string[] } | { filter: RunFilter } {
  return selection.matching ? { filter: selection.matching.filter } : { runIds: [...selection.runs.keys()] };
}

/** Why nothing can be done with so many; null = it can. */
export function tooMany(count: number): string | null {
  if (count <= mostBatchRuns) return null;
  const most = mostBatchRuns.toLocaleString("en-US");
  return `At most ${most} runs at once. Narrow the filter or select fewer.`;
}

/** Of the ticked runs, those that have not ended as far as the page knows. Pure. */
export function cancellable(runs: readonly SelectedRun[]): string[] {
  return runs.filter(({ status }) => !isFinal(status)).map(({ id }) => id);
}
