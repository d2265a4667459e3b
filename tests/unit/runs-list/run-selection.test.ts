import { describe, expect, test } from "vitest";
import {
  cancellable,
  isSelected,
  nothingSelected,
  pageState,
  type RunSelection,
  select,
  selectedCount,
  type SelectedRun,
  selectedRuns,
  type SelectionStep,
  selectionOf,
  tooMany,
} from "#/components/runs/run-selection.ts";
import type { RunStatus } from "#/lib/contract/status.ts";

/** A run whose id is also its age: `run("a")` is newer than `run("b")`. */
function run(id: string, status: RunStatus = "completed"): SelectedRun {
  const createdAt = new Date(Date.UTC(2026, 10, 21) - id.charCodeAt(0) * 1000).toISOString();
  const workflow = { id: "wf_1", slug: "support-refund" };
  return { id, status, workflow, version: 1, createdAt, prompts: [], models: [] };
}
const page = [..."abcdef"].map((id) => run(id));
const later = [..."ghij"].map((id) => run(id));

function after(...steps: SelectionStep[]): RunSelection {
  return steps.reduce(select, nothingSelected);
}
const ids = (selection: RunSelection) => [...selection.runs.keys()].toSorted().join("");
const toggle = (id: string, rows = page): SelectionStep => ({ kind: "toggle", id, rows });
const range = (id: string, rows = page): SelectionStep => ({ kind: "range", id, rows });
const stretch = (from: string, to: string): SelectionStep => ({ kind: "stretch", from, to, rows: page });
const matching: SelectionStep = { kind: "matching", filter: { status: ["failed"] }, count: 214 };

describe("the selection", () => {
  test.each<[string, SelectionStep[], string]>([
    ["a tick selects, another one lets go", [toggle("a"), toggle("b"), toggle("a")], "b"],
    ["a range goes down from the last tick", [toggle("b"), range("d")], "bcd"],
    ["a range goes up", [toggle("d"), range("b")], "bcd"],
    ["a range begins at the last end", [toggle("b"), range("c"), range("e")], "bcde"],
    ["a range lets go where its end is let go", [toggle("b"), range("e"), range("c")], "b"],
    ["a range without a tick before is a tick", [range("c")], "c"],
    ["a range whose tick is on another page is a tick", [toggle("h", later), range("c")], "ch"],
    ["shift and arrows select from where they begin", [stretch("b", "c"), stretch("c", "d")], "bcd"],
    ["shift and arrows back let go again", [stretch("b", "c"), stretch("c", "d"), stretch("d", "c")], "bc"],
    ["shift and arrows turn about the first row", [stretch("b", "c"), stretch("c", "b"), stretch("b", "a")], "ab"],
    ["shift and arrow at the end of the page keep it", [stretch("e", "f"), stretch("f", "f")], "ef"],
    ["the head selects the page", [toggle("b"), { kind: "page", rows: page }], "abcdef"],
    ["the head lets go of a whole page", [toggle("h", later), ...pageTwice()], "h"],
    ["it outlives paging", [toggle("a"), toggle("g", later)], "ag"],
    ["an unknown row changes nothing", [toggle("z"), range("y")], ""],
    ["clear lets go of everything", [toggle("a"), toggle("b"), { kind: "clear" }], ""],
    ["of all that match, one that is let go leaves the page", [matching, toggle("b")], "acdef"],
    ["the head lets go of all that match", [matching, { kind: "page", rows: page }], ""],
  ])("%s", (_, steps, expected) => {
    const selection = after(...steps);
    expect(ids(selection)).toBe(expected);
    expect(selection.matching).toBeNull();
    expect(selectedCount(selection)).toBe(expected.length);
  });

  test("clearing nothing is no change", () => expect(after({ kind: "clear" })).toBe(nothingSelected));

  test("all that match are the filter, and every row is one of them", () => {
    const selection = after(toggle("a"), matching);
    expect(selectedCount(selection)).toBe(214);
    expect(selectionOf(selection)).toEqual({ filter: { status: ["failed"] } });
    expect(isSelected(selection, "z")).toBe(true);
    expect(pageState(selection, page)).toBe(true);
  });

  test("ticked runs are named by their ids", () => {
    expect(selectionOf(after(toggle("b"), toggle("a")))).toEqual({ runIds: ["b", "a"] });
  });

  test("the head tells none, some and all", () => {
    expect(pageState(nothingSelected, page)).toBe(false);
    expect(pageState(after(toggle("a")), page)).toBe("indeterminate");
    expect(pageState(after(toggle("h", later)), page)).toBe(false);
    expect(pageState(after({ kind: "page", rows: page }), page)).toBe(true);
    expect(pageState(nothingSelected, [])).toBe(false);
  });

  test("a row in sight says what its run is now; the newest comes first", () => {
    const selection = after(toggle("g", [run("g", "running")]), toggle("c", [run("c", "running")]));
    const runs = selectedRuns(selection, [run("c", "failed")]);
    expect(runs.map(({ id, status }) => [id, status])).toEqual([
      ["c", "failed"],
      ["g", "running"],
    ]);
    expect(cancellable(runs)).toEqual(["g"]);
  });

  test.each([
    [1, null],
    [1000, null],
    [1001, "At most 1,000 runs at once. Narrow the filter or select fewer."],
  ])("%i runs: %s", (count, expected) => expect(tooMany(count)).toBe(expected));
});

function pageTwice(): SelectionStep[] {
  return [
    { kind: "page", rows: page },
    { kind: "page", rows: page },
  ];
}
