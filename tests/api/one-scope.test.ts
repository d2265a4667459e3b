import { afterAll, beforeAll, expect, test } from "vitest";
import { isReadOnly, type Operation } from "#/lib/api/operation.ts";
import { allOperations } from "#/lib/api/operations/all.ts";
import { scopes, type Scope } from "#/lib/contract/access.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { permissions } from "#/lib/tenancy/permissions.ts";
import { finished as ended, reached, startWorker } from "#/tests/support/engine.ts";
import { startMcpServer, type McpTestServer } from "#/tests/support/mcp-server.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { restApi } from "#/tests/support/rest.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let tenant: Tenant;
let api: ReturnType<typeof restApi>;
let server: McpTestServer;
let all: string;
let second: string;
let finished: string;
let broken: string;
let waiting: string[];
const keys = new Map<Scope, string>();
const hello = (value: string) => ({
  name: "hello",
  nodes: [
    { id: "hello", type: "transform", value },
    { id: "ask", type: "wait", approval: { title: "may it?" }, when: "trigger.ask" },
    { id: "order", type: "tool", http: { method: "POST", url: "https://shop.test/orders" }, when: "false" },
  ],
  output: "{{ nodes.hello.output }}",
});

/** As who may do everything. */
async function made(method: "POST" | "PUT" | "GET", path: string, body?: object, key = all) {
  const answer = await api.call(method, path, { key, ...(body ? { body } : {}) });
  if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
  return answer.body;
}
let count = 0;
const fresh = (word: string) => `${word}-${++count}`;
const trigger = async (more: object) => (await made("POST", "/workflows/hello/runs", more)).id as string;
const delayed = () => trigger({ payload: { ask: false, note: "of the payload" }, delay: "1h" });
const newMember = async () => {
  const { actor } = await tenant.as("viewer");
  return actor.kind === "user" ? actor.userId : "";
};
const newWorkflow = async () => {
  const slug = fresh("flow");
  await made("POST", "/workflows", { slug, definition: hello("one") });
  return slug;
};
const newPrompt = async () => (await made("POST", "/prompts", { name: fresh("prompt"), text: "x" })).id as string;
const newKey = async () => (await made("POST", "/api-keys", { name: "x", scopes: ["runs:read"] })).id as string;
const newInvitation = async () =>
  made("POST", "/invitations", { email: `${fresh("somebody")}@example.com`, role: "viewer" });
const newTool = async () =>
  (await made("POST", "/tools", { name: fresh("tool"), http: { method: "GET", url: "https://shop.test/" } })).id;
const newServer = async () =>
  (await made("POST", "/mcp-servers", { name: fresh("bank"), url: server.url })).id as string;
const pairs = { hello: "hello" };
const mapping = { workflow: "hello", from: 1, to: 2, pairs };
const grant = { workflow: "hello", nodeIds: ["order"], durationMs: 60_000, reason: "x" };
/** The person of `second` asks, so that the others may approve. */
const newGrant = async (more: object = {}) =>
  (await made("POST", "/mutation-grants", { ...grant, ...more }, second)).id as string;
const newProvider = async () => {
  const name = fresh("provider");
  await made("PUT", `/providers/${name}`, { apiKey: "sk-x", baseUrl: "https://models.test/v1" });
  return name;
};
const newBatch = async () => (await made("POST", "/replay-batches", { runIds: [finished] })).id as string;
const newSchedule = async () => (await made("POST", "/schedules", { workflow: "hello", cron: "@yearly" })).id as string;

type Case = () => Promise<[path: string, body?: object]> | [path: string, body?: object];
/** What succeeds for who may do it, on something that was made for it. */
const cases: Record<string, Case> = {
  triggerRun: () => ["/workflows/hello/runs", { payload: { ask: false } }],
  cancelRun: async () => [`/runs/${await delayed()}/cancel`],
  pauseRun: async () => [`/runs/${await delayed()}/pause`],
  resumeRun: async () => {
    const id = await delayed();
    await made("POST", `/runs/${id}/pause`);
    return [`/runs/${id}/resume`];
  },
  rescheduleRun: async () => [`/runs/${await delayed()}/reschedule`, { delay: "2h" }],
  decideApproval: async () => {
    const id = waiting.pop() ?? "";
    const [open] = (await made("GET", `/runs/${id}/approvals`)).data;
    return [`/runs/${id}/approvals/${open.spanId}`, { decision: "approve" }];
  },
  deleteRun: async () => {
    const id = await delayed();
    await made("POST", `/runs/${id}/cancel`);
    return [`/runs/${id}`];
  },
  cancelRuns: async () => ["/runs/cancel", { runIds: [await delayed()] }],
  triggerRuns: () => ["/workflows/hello/runs/batch", { items: [{ payload: { ask: false } }] }],
  createReplayBatch: () => ["/replay-batches", { runIds: [finished] }],
  pauseReplayBatch: async () => [`/replay-batches/${await newBatch()}/pause`],
  resumeReplayBatch: async () => {
    const id = await newBatch();
    await made("POST", `/replay-batches/${id}/pause`);
    return [`/replay-batches/${id}/resume`];
  },
  abortReplayBatch: async () => [`/replay-batches/${await newBatch()}/abort`],
  retryReplayBatch: async () => [`/replay-batches/${await newBatch()}/retry`],
  createSchedule: () => ["/schedules", { workflow: "hello", cron: "@yearly" }],
  updateSchedule: async () => [`/schedules/${await newSchedule()}`, { enabled: false }],
  deleteSchedule: async () => [`/schedules/${await newSchedule()}`],
  suggestFix: async () => {
    const provider = await newProvider();
    const model = await made("POST", "/models", { id: fresh("model"), provider });
    return [`/runs/${broken}/suggest-fix`, { model: model.ref }];
  },
  submitReplay: () => [`/runs/${finished}/replay`, {}],
  createWorkflow: () => ["/workflows", { slug: fresh("flow"), definition: hello("one") }],
  pushVersion: async () => [`/workflows/${await newWorkflow()}/versions`, { definition: hello("two") }],
  deleteVersion: async () => [`/workflows/${await newWorkflow()}/versions/1`],
  pauseWorkflow: async () => [`/workflows/${await newWorkflow()}/pause`, { reason: "x" }],
  unpauseWorkflow: async () => [`/workflows/${await newWorkflow()}/unpause`, {}],
  createPrompt: () => ["/prompts", { name: fresh("prompt"), text: "x" }],
  createRevision: async () => [`/prompts/${await newPrompt()}/revisions`, { text: "y" }],
  deletePrompt: async () => [`/prompts/${await newPrompt()}`],
  createModel: async () => ["/models", { id: fresh("model"), provider: await newProvider() }],
  updateModel: () => ["/models/anthropic:claude-haiku-4-5", { retired: true }],
  putNodeMapping: () => ["/node-mappings", mapping],
  deleteNodeMapping: async () => [`/node-mappings/${(await made("PUT", "/node-mappings", mapping)).id}`],
  createMutationGrant: () => ["/mutation-grants", grant],
  approveMutationGrant: async () => [`/mutation-grants/${await newGrant({ needsApproval: true })}/approve`],
  revokeMutationGrant: async () => [`/mutation-grants/${await newGrant()}/revoke`],
  putWorkspacePolicy: () => ["/policies", {}],
  putAccountPolicy: () => ["/policies/account", {}],
  putWorkspace: () => ["/workspace", { retentionDays: 30 }],
  putEnvironment: () => ["/environments/staging", { defaultTtl: "1h" }],
  putVariables: () => ["/environments/staging/variables", { variables: { X: "x" } }],
  putProvider: () => [`/providers/${fresh("provider")}`, { apiKey: "sk-x", baseUrl: "https://models.test/v1" }],
  deleteProvider: async () => [`/providers/${await newProvider()}`],
  createTool: () => ["/tools", { name: fresh("tool"), http: { method: "GET", url: "https://shop.test/" } }],
  updateTool: async () => {
    await newServer();
    const { data } = await made("GET", "/tools?limit=100");
    return [`/tools/${data.find((tool: { kind: string }) => tool.kind === "mcp")?.id}`, { readOnly: true }];
  },
  deleteTool: async () => [`/tools/${await newTool()}`],
  createMcpServer: () => ["/mcp-servers", { name: fresh("bank"), url: server.url }],
  updateMcpServer: async () => [`/mcp-servers/${await newServer()}`, { trusted: true }],
  refreshMcpServer: async () => [`/mcp-servers/${await newServer()}/refresh`],
  deleteMcpServer: async () => [`/mcp-servers/${await newServer()}`],
  createApiKey: () => ["/api-keys", { name: "x", scopes: ["admin"] }],
  revokeApiKey: async () => [`/api-keys/${await newKey()}`],
  addMember: () => ["/members", { email: `${fresh("member")}@example.com`, role: "viewer" }],
  changeMemberRole: async () => [`/members/${await newMember()}`, { role: "operator" }],
  removeMember: async () => [`/members/${await newMember()}`],
  createInvitation: () => ["/invitations", { email: `${fresh("somebody")}@example.com`, role: "viewer" }],
  resendInvitation: async () => [`/invitations/${(await newInvitation()).id}/resend`],
  revokeInvitation: async () => [`/invitations/${(await newInvitation()).id}`],
  declineInvitation: async () => ["/invitations/decline", { token: (await newInvitation()).url.split("/").at(-1) }],
};

beforeAll(async () => {
  [tenant, api, server] = [await createTenant(), restApi(), await startMcpServer("both")];
  process.env["REPRISE_EGRESS_ALLOW"] = server.host;
  const owner = await tenant.as("owner");
  all = (await createApiKey(owner, { name: "all", scopes: [...scopes] })).secret;
  second = (await createApiKey(await tenant.as("owner"), { name: "second", scopes: [...scopes] })).secret;
  for (const scope of scopes) keys.set(scope, (await createApiKey(owner, { name: scope, scopes: [scope] })).secret);
  await made("POST", "/workflows", { slug: "hello", definition: hello("one") });
  await made("POST", "/workflows/hello/versions", { definition: hello("two") });
  const worker = await startWorker();
  finished = await trigger({ payload: { ask: false } });
  const nodes = [{ id: "read", type: "transform", value: "{{ trigger.missing }}" }];
  await made("POST", "/workflows", { slug: "broken", definition: { name: "broken", nodes } });
  broken = (await made("POST", "/workflows/broken/runs", {})).id as string;
  waiting = [await trigger({ payload: { ask: true } })];
  await reached(tenant.system, finished, "completed");
  await reached(tenant.system, waiting[0] ?? "", "waiting", "approval");
  expect((await ended(tenant.system, broken)).status).toBe("failed");
  // What is triggered from now on stays as it is.
  await worker.stop();
});
afterAll(async () => {
  await stopQueue();
  await server.close();
});

const changing = allOperations.filter((operation) => !isReadOnly(operation));
const byScope = changing.flatMap((operation) =>
  (permissions[operation.action].scopes as readonly Scope[]).map((scope) => [operation.id, scope, operation] as const),
);

test.each(byScope)(
  "%s does with only the scope %s all that it answers for",
  async (id, scope, operation: Operation) => {
    const [path, body] = (await cases[id]?.()) ?? [];
    if (path === undefined) throw new Error(`no case for ${id}: add it here`);
    const key = keys.get(scope) ?? "";
    const answer = await api.call(operation.method, path, { key, ...(body ? { body } : {}) });
    expect({ id, status: answer.status, detail: answer.status < 300 ? "" : answer.text }).toMatchObject({ detail: "" });
  },
);

test("who may control runs and not read them is told how the run stands, and not what it holds", async () => {
  const [write, id] = [keys.get("runs:write") ?? "", await delayed()];
  const { status, body, text } = await api.call("POST", `/runs/${id}/cancel`, { key: write });
  expect([status, body.id, body.status, body.payload, body.output, body.error]).toEqual([
    ...[200, id, "cancelled", null, null, null],
  ]);
  expect(text).not.toContain("of the payload");
  expect((await made("GET", `/runs/${id}`)).payload).toMatchObject({ note: "of the payload" });
  const whole = await api.call("POST", `/runs/${await delayed()}/pause`, { key: all });
  expect(whole.body.payload).toMatchObject({ note: "of the payload" });
});
