import { replayParameters } from "#/components/replay/replay-address.ts";
import { inspectorTabs, type InspectorTab } from "./inspector-tabs.ts";

/** The views of a trace, all sharing one cursor. */
export const traceFaces = ["tree", "transcript", "graph"] as const;
export type TraceFace = (typeof traceFaces)[number];

/** The part of the viewer's state that the address holds, so that a link shows what I see. */
export type ViewerState = {
  readonly span: string | null;
  readonly tab: InspectorTab;
  readonly view: TraceFace;
  readonly query: string;
  readonly errorsOnly: boolean;
};

export function readViewerState(search: Pick<URLSearchParams, "get">): ViewerState {
  const tab = search.get("tab");
  return {
    span: search.get("span"),
    tab: inspectorTabs.find((name) => name === tab) ?? "overview",
    view: traceFaces.find((face) => face === search.get("view")) ?? "tree",
    query: search.get("q") ?? "",
    errorsOnly: search.get("errors") === "1",
  };
}

/** The query string for a state; what has its default is left out, and so is what opens the replay dialog once. */
export function writeViewerState(search: string, state: ViewerState): string {
  const params = new URLSearchParams(search);
  const put = (name: string, value: string | null) => (value ? params.set(name, value) : params.delete(name));
  put("span", state.span);
  put("tab", state.tab === "overview" ? null : state.tab);
  put("view", state.view === "tree" ? null : state.view);
  put("q", state.query);
  put("errors", state.errorsOnly ? "1" : null);
  for (const name of replayParameters) params.delete(name);
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}
