import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { operationFinder } from "#/lib/api/find-operation.ts";
import type { Method } from "#/lib/api/operation.ts";
import { allOperations } from "#/lib/api/operations/all.ts";
import { Reprise } from "#/lib/sdk/client.ts";

const find = operationFinder(allOperations);

type Sent = { method: Method; path: string; query: Record<string, string>; body: unknown };

/** What the client sends for a call, whatever becomes of it. */
async function sentBy(call: (client: Reprise) => PromiseLike<unknown>): Promise<Sent> {
  const sent: Sent[] = [];
  const client = new Reprise({
    apiKey: "rp_live_x",
    baseUrl: "http://reprise.test",
    maxRetries: 0,
    fetch: async (address, { method, body }) => {
      const { pathname, searchParams } = new URL(address);
      const [path, query] = [pathname.replace("/api/v1", ""), Object.fromEntries(searchParams)];
      const type = body instanceof FormData ? null : body;
      sent.push({
        method: method as Method,
        path,
        query,
        body: typeof type === "string" && type.startsWith("{") ? JSON.parse(type) : body,
      });
      return Response.json({ data: [], hasMore: false, nextCursor: null });
    },
  });
  await Promise.resolve(call(client)).catch(() => {});
  expect(sent.length).toBe(1);
  return sent[0]!;
}

describe("the SDK calls operations of the API, with what their schemas take", () => {
  const id = "a/b";
  const calls: [operation: string, (client: Reprise) => PromiseLike<unknown>][] = [
    ["listRuns", ({ runs }) => runs.list({ limit: 5, status: ["failed"], tag: "x" } as never)],
    ["getRun", ({ runs }) => runs.retrieve(id)],
    ["getRun", ({ runs }) => runs.retrieve({ id })],
    ["compareRuns", ({ runs }) => runs.compare({ id }, { id })],
    ["getReplayBatch", ({ runs }) => runs.bulk.retrieve({ id })],
    ["suggestFix", ({ runs }) => runs.suggestFix(id, { model: "a:b" })],
    ["getSuggestedFix", ({ runs }) => runs.suggestedFix(id)],
    ["submitReplay", ({ runs }) => runs.replay(id, { fromNodeId: "a" } as never)],
    ["preflightReplay", ({ runs }) => runs.preflight(id)],
    ["cancelRun", ({ runs }) => runs.cancel(id)],
    ["pauseRun", ({ runs }) => runs.pause(id)],
    ["resumeRun", ({ runs }) => runs.resume(id)],
    ["rescheduleRun", ({ runs }) => runs.reschedule(id, { delay: "1h" })],
    ["cancelRuns", ({ runs }) => runs.cancelMany({ filter: { status: "failed", since: "1h" } })],
    ["createReplayBatch", ({ runs }) => runs.bulk.replay({ runIds: [id], name: "x", onRefusal: "stop" })],
    ["preflightReplayBatch", ({ runs }) => runs.bulk.preflight({ filter: { tag: ["a", "b"] }, request: {} })],
    ["listReplayBatches", ({ runs }) => runs.bulk.list({ limit: 5 })],
    ["getReplayBatch", ({ runs }) => runs.bulk.retrieve(id)],
    ["listReplayBatchItems", ({ runs }) => runs.bulk.items(id, { status: ["refused"], limit: 5 })],
    ["pauseReplayBatch", ({ runs }) => runs.bulk.pause(id)],
    ["resumeReplayBatch", ({ runs }) => runs.bulk.resume(id, { maxCostMicros: null })],
    ["abortReplayBatch", ({ runs }) => runs.bulk.abort(id, { cancelRuns: true })],
    ["retryReplayBatch", ({ runs }) => runs.bulk.retry(id)],
    ["triggerRuns", ({ workflows }) => workflows.batchTrigger(id, [{ payload: 1, delay: new Date() }, {}])],
    ["listSteps", ({ runs }) => runs.steps(id)],
    ["readEvents", ({ runs }) => runs.events(id, { after: 1, limit: 5 })],
    ["readLogs", ({ runs }) => runs.logs(id, { level: "warn" } as never)],
    ["readTrace", ({ runs }) => runs.trace(id, { after: 1 })],
    ["readSpan", ({ runs }) => runs.span(id, id)],
    ["compareRuns", ({ runs }) => runs.compare(id, id)],
    ["triggerRun", ({ workflows }) => workflows.trigger(id, { a: 1 }, { delay: "1h", tags: ["x"] })],
    ["listWorkflows", ({ workflows }) => workflows.list({ limit: 5 })],
    ["getWorkflow", ({ workflows }) => workflows.retrieve(id)],
    ["createWorkflow", ({ workflows }) => workflows.create({ slug: "x", definition: {} } as never)],
    ["pushVersion", ({ workflows }) => workflows.push(id, {}, { onLatest: 3 })],
    ["validateVersion", ({ workflows }) => workflows.validate(id, {})],
    ["listVersions", ({ workflows }) => workflows.versions(id)],
    ["getVersion", ({ workflows }) => workflows.retrieveVersion(id, "latest")],
    ["deleteVersion", ({ workflows }) => workflows.deleteVersion(id, 1)],
    ["pauseWorkflow", ({ workflows }) => workflows.pause(id, { reason: "x" })],
    ["unpauseWorkflow", ({ workflows }) => workflows.unpause(id)],
    ["listSchedules", ({ schedules }) => schedules.list({ limit: 5 })],
    ["createSchedule", ({ schedules }) => schedules.create({ workflow: "x", cron: "@daily", payload: [1] })],
    ["getSchedule", ({ schedules }) => schedules.retrieve(id)],
    ["updateSchedule", ({ schedules }) => schedules.update(id, { enabled: false })],
    ["deleteSchedule", ({ schedules }) => schedules.delete(id)],
    ["listPrompts", ({ prompts }) => prompts.list()],
    ["getPrompt", ({ prompts }) => prompts.retrieve(id)],
    ["createPrompt", ({ prompts }) => prompts.create({ name: "x", text: "x" })],
    ["deletePrompt", ({ prompts }) => prompts.delete(id)],
    ["listRevisions", ({ prompts }) => prompts.revisions(id)],
    ["createRevision", ({ prompts }) => prompts.createRevision(id, { text: "x" } as never)],
    ["getRevision", ({ prompts }) => prompts.retrieveRevision(id, "sha256:x")],
    ["listModels", ({ models }) => models.list()],
    ["updateModel", ({ models }) => models.update(id, { retired: true })],
    ["getPolicy", ({ policies }) => policies.retrieve()],
    ["putWorkspacePolicy", ({ policies }) => policies.update({})],
    ["putAccountPolicy", ({ policies }) => policies.updateAccount({})],
    ["listMutationGrants", ({ policies }) => policies.listGrants()],
    [
      "createMutationGrant",
      ({ policies }) =>
        policies.grantMutations({ workflow: "x", nodeIds: ["a"], durationMs: 60_000, reason: "x" } as never),
    ],
    ["approveMutationGrant", ({ policies }) => policies.approveGrant(id)],
    ["revokeMutationGrant", ({ policies }) => policies.revokeGrant(id)],
  ];

  test.each(calls)("%s", async (name, call) => {
    const { method, path, query, body } = await sentBy(call);
    const found = find(path);
    const operation = found?.resource[method];
    expect(`${method} ${path}: ${operation?.id}`).toBe(`${method} ${path}: ${name}`);
    for (const value of Object.values(found?.values ?? {})) expect([id, "latest", "1", "sha256:x"]).toContain(value);
    const unread = Object.keys(query).filter(
      (field) => !((operation?.query as z.ZodObject | undefined)?.shape ?? {})[field],
    );
    expect(unread).toEqual([]);
    if (operation?.body && !(operation.emptyBody && body == null)) {
      const read = operation.body.safeParse(body);
      expect(read.error?.issues ?? []).toEqual([]);
    }
  });
});
