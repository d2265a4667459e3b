import type { Furnished } from "./furnished.ts";

type Bodies = (theirs: Furnished, mine: Furnished) => object[];
const nodeOf = ({ mark }: Furnished) => `hello_${mark}`;
const one =
  (...bodies: object[]): Bodies =>
  () =>
    bodies;
const nothing = one({});
const hello = { name: "x", nodes: [{ id: "a", type: "transform", value: 1 }] };
const usesTheirs = (theirs: Furnished) => [
  {
    name: "x",
    nodes: [
      {
        id: "a",
        type: "model",
        model: theirs.model.ref,
        prompt: { artifact: theirs.prompt.id, hash: theirs.prompt.hash },
      },
    ],
  },
  { name: "x", nodes: [{ id: "a", type: "tool", use: `tool_${theirs.mark}`, arguments: {} }] },
  { name: "x", nodes: [{ id: "a", type: "tool", mcp: { server: `bank_${theirs.mark}`, tool: "read_balance" } }] },
  { name: "x", nodes: [{ id: "a", type: "workflow", workflow: theirs.named["workflows"], payload: {} }] },
];
const replays: Bodies = (theirs) => [
  {},
  { mode: "prompt", prompt: { artifactId: theirs.prompt.id, contentHash: theirs.prompt.hash } },
  { mode: "model", model: theirs.model },
  { targetVersion: 2, nodeMapping: { [nodeOf(theirs)]: nodeOf(theirs) } },
  { fromNodeId: nodeOf(theirs) },
  { environment: theirs.named["environments"] },
];

/** What to send to each operation that takes a body. Where it can name something, it names what is another workspace's. */
export const bodies: Record<string, Bodies> = {
  decideApproval: one({ decision: "approve" }, { decision: "reject" }),
  preflightReplay: replays,
  submitReplay: replays,
  suggestFix: (theirs) => [{}, { spanId: theirs.run.span }, { model: theirs.model.ref }],
  createReplayBatch: (theirs) => [
    { runIds: [theirs.named["runs"]] },
    { filter: { workflow: theirs.named["workflows"] } },
    ...replays(theirs, theirs).map((request) => ({ runIds: [theirs.named["runs"]], request })),
  ],
  preflightReplayBatch: (theirs) => [{ runIds: [theirs.named["runs"]] }, { filter: { tag: [`tag-${theirs.mark}`] } }],
  resumeReplayBatch: one({}, { maxCostMicros: 5 }),
  cancelRuns: (theirs) => [{ runIds: [theirs.named["runs"]] }, { filter: { workflow: theirs.named["workflows"] } }],
  rescheduleRun: one({ delay: "1s" }),
  triggerRun: (theirs) => [
    {},
    { environment: theirs.named["environments"], concurrencyKey: `concurrency ${theirs.mark}` },
  ],
  createSchedule: (theirs) => [
    { workflow: theirs.named["workflows"], cron: "0 0 1 1 *" },
    { workflow: theirs.named["workflows"], cron: "@yearly", environment: theirs.named["environments"] },
  ],
  updateSchedule: one({ enabled: false }, { payload: "x" }),
  triggerRuns: (theirs) => [{ items: [{}, { environment: theirs.named["environments"] }] }],
  createWorkflow: (theirs) => [
    { slug: theirs.named["workflows"], definition: hello },
    ...usesTheirs(theirs).map((definition, n) => ({ slug: `uses-theirs-${n}`, definition })),
  ],
  pushVersion: (theirs) => [hello, ...usesTheirs(theirs)].map((definition) => ({ definition })),
  validateVersion: (theirs) => [hello, ...usesTheirs(theirs)].map((definition) => ({ definition })),
  pauseWorkflow: one({ reason: "x" }),
  unpauseWorkflow: one({}, { reason: "x" }),
  createPrompt: (theirs) => [{ name: `prompt ${theirs.mark}`, text: "x" }],
  createRevision: one({ text: "x" }),
  createModel: (theirs) => [{ id: theirs.model.id, provider: theirs.named["providers"] }],
  updateModel: one({ retired: true }),
  putNodeMapping: (theirs) => [
    { workflow: theirs.named["workflows"], from: 1, to: 2, visibility: "shared", pairs: {} },
    { workflow: theirs.named["workflows"], from: 1, to: 2, pairs: { [nodeOf(theirs)]: null } },
  ],
  createMcpServer: one({ name: "x", url: "http://127.0.0.1:9/mcp" }),
  createTool: (theirs) => [{ name: `tool_${theirs.mark}`, http: { method: "GET", url: "https://example.com/" } }],
  updateMcpServer: one({ trusted: true }, { url: "https://example.com/mcp", headers: {} }),
  updateTool: one({ readOnly: true }),
  putProvider: one({ apiKey: "x", baseUrl: "https://example.com" }),
  addMember: one({ email: "somebody@example.com", role: "viewer" }),
  changeMemberRole: one({ role: "viewer" }),
  createApiKey: one({ name: "x", scopes: ["runs:read"] }),
  putAccountPolicy: nothing,
  putEnvironment: one({ defaultTtl: "1h" }),
  putVariables: one({ variables: { X: "x" } }),
  putWorkspace: nothing,
  putWorkspacePolicy: nothing,
  createInvitation: one({ email: "somebody.else@example.com", role: "viewer" }),
  declineInvitation: one({ token: "x" }),
  createMutationGrant: (theirs) => [
    { workflow: theirs.named["workflows"], nodeIds: [`call_${theirs.mark}`], durationMs: 60_000, reason: "x" },
  ],
};

/** Operations on a thing that a caller names as they like: theirs of that name is another one than the victim's. */
export const byOwnName = new Set([
  "getEnvironment",
  "putEnvironment",
  "listVariables",
  "putVariables",
  "putProvider",
  "getProvider",
  "deleteProvider",
]);

const auditQueries = ({ named, run }: Furnished) => [
  `actor=${named["members"]}`,
  `target=${run.finished}`,
  `target=${named["workflows"]}`,
];

/** Query parameters with which lists can be asked for what is another workspace's. */
export const queries: Record<string, (theirs: Furnished) => string[]> = {
  listRuns: ({ named, run, mark }) => [
    `workflow=${named["workflows"]}`,
    `replayOf=${run.finished}`,
    `rootRun=${run.finished}`,
    `tag=tag-${mark}`,
    `q=${run.finished}`,
    `q=${mark}`,
  ],
  getNodeMappings: ({ named }) => [`workflow=${named["workflows"]}&from=1&to=2`],
  listAuditEvents: auditQueries,
  exportAuditEvents: auditQueries,
  readLogs: ({ run }) => [`spanId=${run.span}`],
};

/** What to call each server action with, beside the workspace. Null: it concerns nobody but who calls it. */
export const actionInputs: Record<string, ((theirs: Furnished) => object) | null> = {
  suggestFixAction: ({ run }) => ({ runId: run.finished }),
  submitReplayAction: ({ run }) => ({ runId: run.finished, request: {} }),
  preflightReplayAction: ({ run }) => ({ runId: run.finished, request: {} }),
  saveNodeMappingAction: ({ named }) => ({ workflow: named["workflows"], from: 1, to: 2, pairs: {} }),
  decideApprovalAction: ({ run }) => ({ runId: run.waiting, spanId: run.approval, decision: "approve" }),
  cancelRunAction: ({ run }) => ({ runId: run.delayed }),
  pauseRunAction: ({ run }) => ({ runId: run.delayed }),
  resumeRunAction: ({ run }) => ({ runId: run.delayed }),
  rescheduleRunAction: ({ run }) => ({ runId: run.delayed, delay: "1s" }),
  cancelRunsAction: ({ run }) => ({ runIds: [run.delayed] }),
  createBatchAction: ({ run }) => ({ runIds: [run.finished] }),
  pauseBatchAction: ({ named }) => ({ id: named["replay-batches"] }),
  resumeBatchAction: ({ named }) => ({ id: named["replay-batches"] }),
  abortBatchAction: ({ named }) => ({ id: named["replay-batches"], cancelRuns: true }),
  retryBatchAction: ({ named }) => ({ id: named["replay-batches"] }),
  pauseWorkflowAction: ({ named }) => ({ slug: named["workflows"], reason: "x" }),
  unpauseWorkflowAction: ({ named }) => ({ slug: named["workflows"] }),
  deleteVersionAction: ({ named }) => ({ slug: named["workflows"], version: 1 }),
  pushVersionAction: ({ named }) => ({ slug: named["workflows"], text: JSON.stringify(hello) }),
  triggerRunAction: ({ named }) => ({ slug: named["workflows"], payload: "{}" }),
  createScheduleAction: ({ named }) => ({ workflow: named["workflows"], cron: "@yearly", payload: "{}" }),
  changeScheduleAction: ({ named }) => ({ id: named["schedules"], enabled: false, payload: "{}" }),
  deleteScheduleAction: ({ named }) => ({ id: named["schedules"] }),
  samplePayloadAction: ({ named }) => ({ slug: named["workflows"] }),
  setModelRetiredAction: ({ model }) => ({ ref: model.ref, retired: true }),
  revokeApiKeyAction: ({ named }) => ({ id: named["api-keys"] }),
  createRevisionAction: ({ prompt }) => ({ id: prompt.id, text: "x" }),
  deletePromptAction: ({ prompt }) => ({ id: prompt.id }),
  removeVariableAction: ({ named }) => ({ environment: named["environments"], name: "PLAIN" }),
  changeMemberRoleAction: ({ named }) => ({ id: named["members"], role: "viewer" }),
  removeMemberAction: ({ named }) => ({ id: named["members"] }),
  createPasswordLinkAction: ({ named }) => ({ id: named["members"] }),
  resendInvitationAction: ({ named }) => ({ id: named["invitations"] }),
  revokeInvitationAction: ({ named }) => ({ id: named["invitations"] }),
  deleteToolAction: ({ named }) => ({ id: named["tools"] }),
  markToolAction: ({ named }) => ({ id: named["tools"], readOnly: true }),
  changeServerAction: ({ named }) => ({ id: named["mcp-servers"], change: { trusted: true } }),
  refreshServerAction: ({ named }) => ({ id: named["mcp-servers"] }),
  removeServerAction: ({ named }) => ({ id: named["mcp-servers"] }),
  removeProviderAction: ({ named }) => ({ provider: named["providers"] }),
  grantMutationsAction: ({ named, mark }) => ({
    workflow: named["workflows"],
    nodeIds: [`call_${mark}`],
    durationMs: 60_000,
    reason: "x",
  }),
  approveGrantAction: ({ named }) => ({ id: named["mutation-grants"] }),
  revokeGrantAction: ({ named }) => ({ id: named["mutation-grants"] }),
  // These make something of the caller's own, or concern the caller: in a foreign workspace they are refused too.
  createApiKeyAction: () => ({ name: "x", scopes: ["runs:read"] }),
  createPromptAction: () => ({ name: "x", text: "x" }),
  setDefaultTtlAction: () => ({ environment: "production", defaultTtl: "1h" }),
  setVariableAction: () => ({ environment: "production", name: "PLAIN", value: "x", secret: false }),
  addMemberAction: () => ({ email: "third@example.com", role: "viewer" }),
  createInvitationAction: () => ({ email: "fourth@example.com", role: "viewer" }),
  putWorkspacePolicyAction: () => ({ policy: {} }),
  putAccountPolicyAction: () => ({ policy: {} }),
  putRetentionAction: () => ({ retentionDays: 1 }),
  putBatchPaceAction: () => ({ batchPace: 1 }),
  addServerAction: () => ({ name: "x", url: "http://127.0.0.1:9/mcp" }),
  addToolAction: () => ({ name: "x", http: { method: "GET", url: "https://example.com/" } }),
  addModelAction: () => ({ id: "x", provider: "x" }),
  setProviderAction: () => ({ provider: "x", apiKey: "x", baseUrl: "https://example.com" }),
  changePasswordAction: null,
  endSessionAction: null,
  signOutEverywhereAction: null,
  setPasswordAction: null,
  acceptAsNewAction: null,
  joinAction: null,
  acceptPendingAction: null,
  declineAction: null,
  declinePendingAction: null,
};

/** Of these a caller may have their own by that name, or they answer for each id; so only a foreign workspace is refused. */
export const makesOwn = new Set([
  "createApiKeyAction",
  "createPromptAction",
  "setVariableAction",
  "setDefaultTtlAction",
  "removeVariableAction",
  "addMemberAction",
  "createInvitationAction",
  "putWorkspacePolicyAction",
  "putAccountPolicyAction",
  "putRetentionAction",
  "putBatchPaceAction",
  "createBatchAction",
  "cancelRunsAction",
  "addServerAction",
  "addToolAction",
  "addModelAction",
  "setProviderAction",
]);

/** The API's route file and that of the MCP server (tests/api/mcp.test.ts); what those beside them give is nobody's data. */
export const routeFiles = [
  "/api/auth/[...nextauth]",
  "/api/health/live",
  "/api/health/ready",
  "/api/mcp",
  "/api/metrics",
  "/api/openapi.json",
  "/api/v1/[[...path]]",
  "/docs/[...path]",
  "/llms.txt",
];
