import { RunComparison } from "#/lib/contract/compare.ts";
import { pageOf } from "#/lib/contract/page.ts";
import { Run, RunListRequest, RunSummary } from "#/lib/contract/run.ts";
import { deleteRun } from "#/lib/runs/delete-run.ts";
import { getRunText } from "#/lib/runs/get-run.ts";
import { listRuns } from "#/lib/runs/list-runs.ts";
import { compareTwoRuns } from "#/lib/traces/compare-runs.ts";
import { jsonText, noContent, ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { readPage } from "../pagination.ts";
import { ById, Id } from "./path-params.ts";

const tag = "Runs";

export const runOperations = [
  operation({
    method: "GET",
    path: "/runs",
    id: "listRuns",
    tag,
    summary: "List runs, newest first",
    action: "run:read",
    query: RunListRequest,
    answers: { 200: pageOf(RunSummary) },
    handle: async ({ ctx, query }) => {
      const { limit, cursor, ...filter } = query;
      const of = { list: "runs", filter };
      return ok(await readPage(ctx, of, { limit, cursor }, (slice) => listRuns(ctx, { filter, ...slice })));
    },
  }),
  operation({
    method: "GET",
    path: "/runs/{id}",
    id: "getRun",
    tag,
    summary: "Read a run with its payload and output",
    action: "run:read",
    params: ById,
    answers: { 200: Run },
    errors: ["not_found"],
    handle: async ({ ctx, params }) => jsonText(await getRunText(ctx, params.id)),
  }),
  operation({
    method: "DELETE",
    path: "/runs/{id}",
    id: "deleteRun",
    tag,
    summary: "Delete a run that has ended, with everything stored about it and its child runs",
    action: "run:delete",
    params: ById,
    answers: { 204: null },
    errors: ["not_found", "run_in_flight", "in_use"],
    handle: async ({ ctx, params }) => {
      await deleteRun(ctx, params.id);
      return noContent;
    },
  }),
  operation({
    method: "GET",
    path: "/runs/{id}/compare/{otherId}",
    id: "compareRuns",
    tag,
    summary: "Compare two runs step by step; `a` is always the older run",
    action: "run:read",
    isHeavy: true,
    params: ById.extend({ otherId: Id }),
    answers: { 200: RunComparison },
    errors: ["not_found"],
    handle: async ({ ctx, params }) => ok(await compareTwoRuns(ctx, params.id, params.otherId)),
  }),
];
