import { queryOptions } from "@tanstack/react-query";
import type { SuggestedFix } from "#/lib/contract/fix.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { readJson } from "./request.ts";

const everyMs = 700;

/** A suggestion by the run that asks for it, read again until that has ended. */
export function suggestedFixQuery(workspace: string, id: string) {
  const path = `/api/v1/runs/${encodeURIComponent(id)}/suggested-fix?${new URLSearchParams({ workspace })}`;
  return queryOptions({
    queryKey: ["suggested-fix", workspace, id],
    queryFn: ({ signal }) => readJson<SuggestedFix>(path, signal),
    refetchInterval: ({ state }) => (state.data && isFinal(state.data.status) ? false : everyMs),
  });
}
