/** The part of the page's state that the address holds, so that a link shows what I see. */
export type CompareState = {
  /** A span of the selected step, of either run; null = where the runs diverge. */
  readonly step: string | null;
  readonly swapped: boolean;
  readonly differencesOnly: boolean;
};

export function readCompareState(search: Pick<URLSearchParams, "get">): CompareState {
  return {
    step: search.get("step"),
    swapped: search.get("swap") === "1",
    differencesOnly: search.get("only") === "differences",
  };
}

/** The query string for a state. Defaults are left out; parameters that are not ours stay. */
export function writeCompareState(search: string, state: CompareState): string {
  const params = new URLSearchParams(search);
  const put = (name: string, value: string | null) => (value ? params.set(name, value) : params.delete(name));
  put("step", state.step);
  put("swap", state.swapped ? "1" : null);
  put("only", state.differencesOnly ? "differences" : null);
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}
