import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "#/lib/core/ids.ts";
import type { McpTestServer } from "#/tests/support/mcp-server.ts";
import type { Stack } from "#/tests/support/processes.ts";
import { cookieHeader, signIn } from "#/tests/support/sign-in.ts";
import type { StackTenant } from "#/tests/support/stack-tenants.ts";

/** What a workspace holds, by how the paths of the API name it. */
export type Furnished = {
  slug: string;
  /** A word that stands in every text of this workspace that somebody may choose, and in no other workspace. */
  mark: string;
  /** By the first part of a path: what its `{id}`, `{slug}`, `{ref}`, `{provider}` or `{name}` may be. */
  named: Record<string, string>;
  run: { finished: string; waiting: string; delayed: string; replay: string; span: string; approval: string };
  prompt: { id: string; hash: string };
  model: { id: string; ref: string };
  /** A cursor of each list that had a second page. */
  cursors: Record<string, string>;
  session: string;
};

const words = ["quokka", "axolotl", "pangolin", "wombat"];

/** Fills a workspace through the API with one of everything, each text with the workspace's mark. */
export async function furnish(stack: Stack, tenant: StackTenant, n: number, bank: McpTestServer): Promise<Furnished> {
  const mark = `${words[n]}${newId("batch").slice(-6)}`;
  const owner = tenant.members.find(({ role }) => role === "owner");
  if (!owner) throw new Error("the fixture has an owner");
  const session = cookieHeader(await signIn(stack.baseUrls[0] ?? "", owner));
  const api = tenant.api();
  const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const answer = await api.call(method, path, { ...(body ? { body } : {}), headers });
    if (answer.status >= 400) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    return answer.body;
  };
  const asOwner = async (method: string, path: string, body: object) => {
    const base = stack.baseUrls[0] ?? "";
    const headers = { cookie: session, origin: base, "content-type": "application/json" };
    const url = `${base}/api/v1${path}?workspace=${tenant.slug}`;
    const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as { id: string };
  };
  const prompt = await call("POST", "/prompts", { name: `prompt ${mark}`, text: `Say ${mark}` });
  const revision = await call("POST", `/prompts/${prompt.id}/revisions`, { text: `Say it again, ${mark}` });
  await call("PUT", `/providers/p-${mark}`, { apiKey: `sk-${mark}`, baseUrl: `${stack.providerUrl}/v1` });
  const model = await call("POST", "/models", { id: `m-${mark}`, provider: `p-${mark}`, name: `model ${mark}` });
  const environment = `e-${mark}`;
  const variables = { PLAIN: `plain ${mark}`, SECRET: { value: `secret ${mark}`, secret: true } };
  await call("PUT", `/environments/${environment}/variables`, { variables });
  await call("PUT", `/environments/${environment}`, { defaultTtl: "30d" });
  const tool = await call("POST", "/tools", {
    name: `tool_${mark}`,
    description: `about ${mark}`,
    http: { method: "POST", url: `${stack.ordersUrl}/orders/${mark}` },
  });
  const server = await call("POST", "/mcp-servers", {
    name: `bank_${mark}`,
    url: bank.url,
    headers: { authorization: `Bearer ${mark}` },
  });
  const slug = `flow-${mark}`;
  const definition = (text: string) => ({
    name: `flow ${mark}`,
    nodes: [
      { id: `hello_${mark}`, type: "transform", value: `${text} {{ trigger.name }}` },
      {
        id: "agent",
        type: "model",
        model: "anthropic:claude-sonnet-5",
        prompt: { artifact: prompt.id, hash: revision.contentHash },
        when: "false",
      },
      { id: `call_${mark}`, type: "tool", use: `tool_${mark}`, arguments: {}, when: "false" },
      { id: "ask", type: "wait", approval: { title: `may ${mark}?` }, needs: [`hello_${mark}`], when: "trigger.ask" },
    ],
    output: `{{ nodes.hello_${mark}.output }}`,
  });
  await call("POST", "/workflows", { slug, definition: definition(`first ${mark}`) });
  await call("POST", `/workflows/${slug}/versions`, { definition: definition(`second ${mark}`) });
  const pairs = { [`hello_${mark}`]: `hello_${mark}` };
  const mapping = await asOwner("PUT", "/node-mappings", { workflow: slug, from: 1, to: 2, pairs });
  const grant = await asOwner("POST", "/mutation-grants", {
    workflow: slug,
    nodeIds: [`call_${mark}`],
    durationMs: 3_600_000,
    reason: `because ${mark}`,
    needsApproval: true,
  });
  const trigger = (payload: object, more: object = {}) => ({
    payload: { name: mark, ...payload },
    environment,
    tags: [`tag-${mark}`],
    ...more,
  });
  const idempotent = { "idempotency-key": `key ${mark}` };
  const first = await call("POST", `/workflows/${slug}/runs`, trigger({ ask: false }), idempotent);
  await api.reached(first.id);
  const { id: waiting } = await call("POST", `/workflows/${slug}/runs`, trigger({ ask: true }));
  const concurrencyKey = `concurrency ${mark}`;
  const { id: delayed } = await call("POST", `/workflows/${slug}/runs`, trigger({}, { delay: "1h", concurrencyKey }));
  const replay = await call("POST", `/runs/${first.id}/replay`, {});
  await api.reached(replay.id);
  const batch = await call("POST", "/replay-batches", { name: `batch ${mark}`, runIds: [first.id, waiting] });
  while ((await call("GET", `/replay-batches/${batch.id}`)).status !== "completed") await sleep(100);
  const schedule = await call("POST", "/schedules", { workflow: slug, cron: "0 0 1 1 *", payload: { name: mark } });
  await api.reached(waiting, ["waiting"]);
  const { id: approved } = await call("POST", `/workflows/${slug}/runs`, trigger({ ask: true }));
  await api.reached(approved, ["waiting"]);
  const [asked] = (await call("GET", `/runs/${approved}/approvals`)).data;
  const decision = { decision: "approve", comment: `yes, ${mark}` };
  await call("POST", `/runs/${approved}/approvals/${asked.spanId}`, decision);
  await api.reached(approved);
  const [approval] = (await call("GET", `/runs/${waiting}/approvals`)).data;
  const [step] = (await call("GET", `/runs/${first.id}/steps`)).data;
  await call("GET", `/runs/${first.id}/trace`);
  const key = await call("POST", "/api-keys", { name: `key ${mark}`, scopes: ["runs:read"] });
  await call("POST", "/members", { email: `joined.${mark}@example.com`, name: `joined ${mark}`, role: "viewer" });
  const invitation = await call("POST", "/invitations", { email: `invited.${mark}@example.com`, role: "viewer" });
  const cursors: Record<string, string> = {};
  for (const path of [
    `/replay-batches/${batch.id}/items`,
    "/runs",
    "/audit-events",
    "/members",
    "/api-keys",
    `/runs/${waiting}/events`,
  ])
    cursors[path] = (await call("GET", `${path}?limit=1`)).nextCursor ?? "";
  return {
    ...{ slug: tenant.slug, mark, cursors, session },
    named: {
      runs: first.id,
      "replay-batches": batch.id,
      schedules: schedule.id,
      prompts: prompt.id,
      models: model.ref,
      tools: tool.id,
      "mcp-servers": server.id,
      "node-mappings": mapping.id,
      "mutation-grants": grant.id,
      "api-keys": key.id,
      members: owner.id,
      invitations: invitation.id,
      workflows: slug,
      providers: `p-${mark}`,
      environments: environment,
    },
    run: { finished: first.id, waiting, delayed, replay: replay.id, span: step.spanId, approval: approval.spanId },
    prompt: { id: prompt.id, hash: revision.contentHash },
    model: { id: `m-${mark}`, ref: model.ref },
  };
}
