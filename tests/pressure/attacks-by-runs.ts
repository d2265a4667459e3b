import { type Attack, flow, many, transform } from "./attack.ts";
import { branching } from "./hostile-servers.ts";
import type { HostileTenant } from "./hostile-tenant.ts";
import type { PressureStage } from "./pressure-stage.ts";
import { chain } from "#/tests/support/worker-fleet.ts";

const accepted = 202;

/** Starts a run, waits for its end, and begins again. */
function runs(
  name: string,
  atOnce: number,
  make: (stage: PressureStage) => Promise<{ slug: string; payload?: unknown }>,
): Attack {
  return {
    name,
    atOnce,
    async begin(stage) {
      const { slug, payload = {} } = await make(stage);
      const raw = Buffer.from(JSON.stringify({ payload }));
      return (_turn, signal) => oneRun(stage.hostile, slug, raw, signal);
    },
  };
}

async function oneRun(tenant: HostileTenant, slug: string, raw: Uint8Array, signal: AbortSignal): Promise<number> {
  const { id } = await tenant.done("POST", `/workflows/${slug}/runs`, { raw, signal });
  await tenant.ended(id, signal);
  return accepted;
}

/** A model of the hostile tenant's own, behind an OpenAI-compatible server. */
async function ownModel({ hostile, servers }: PressureStage, provider: string): Promise<string> {
  await hostile.done("PUT", `/providers/${provider}`, {
    body: { apiKey: "", baseUrl: `${servers.url}/${provider}/v1` },
  });
  await hostile.status("POST", "/models", { body: { id: "m", provider } });
  return `${provider}:m`;
}

const mcpNode = (id: string, server: string, more: object = {}) => ({
  ...{ id, type: "tool", mcp: { server, tool: "act" }, arguments: {} },
  ...more,
});

async function mcpServer({ servers }: PressureStage, tenant: HostileTenant, kind: string): Promise<void> {
  await tenant.done("POST", "/mcp-servers", { body: { name: kind, url: `${servers.url}/mcp/${kind}` } });
}

/** What an untrusted server or a definition makes a worker do with schemas. */
const schemas: Attack[] = [
  {
    name: "simulated answers of schemas that refer to themselves",
    atOnce: 4,
    async begin(stage) {
      const tenants = [stage.hostile, stage.second];
      const sources = await Promise.all(
        tenants.map(async (tenant) => {
          await mcpServer(stage, tenant, "self");
          const own = { http: { method: "POST", url: `${stage.servers.url}/ok` }, output: branching };
          const nodes = many(5, (n) => [
            mcpNode(`m${n}`, "self"),
            { id: `h${n}`, type: "tool", tool: "own", arguments: {} },
          ]);
          const slug = await tenant.push(flow(nodes.flat(), { tools: { own } }));
          return { tenant, id: await tenant.ran(slug) };
        }),
      );
      return async (turn, signal) => {
        const { tenant, id } = sources[turn % 2]!;
        const response = await tenant.call("POST", `/runs/${id}/replay`, { body: { payload: { turn } }, signal });
        const run = (await response.json()) as { id: string };
        if (response.ok) await tenant.ended(run.id, signal);
        else await new Promise((resolve) => setTimeout(resolve, 500));
        return response.status;
      };
    },
  },
  runs("answers of an MCP server that validate for seconds", 4, async (stage) => {
    await mcpServer(stage, stage.hostile, "branching");
    return { slug: await stage.hostile.push(flow(many(3, (n) => mcpNode(`m${n}`, "branching")))) };
  }),
  runs("arguments against schemas that compile for seconds", 4, async (stage) => {
    await mcpServer(stage, stage.hostile, "slow");
    const model = await ownModel(stage, "single");
    const agent = { id: "a", type: "agent", model, prompt: { text: "act" }, tools: ["look"] };
    const look = { mcp: { server: "slow", tool: "act" } };
    return { slug: await stage.hostile.push(flow([agent], { tools: { look } })) };
  }),
];

const list = many(400, (n) => n);
/** Some 160,000 steps over a list of 400. */
const slowExpression = "{{ trigger.list.map(x, trigger.list.filter(y, y == x).size()).size() }}";

/** What work of its own costs a worker. */
const work: Attack[] = [
  runs("40 expressions of 160,000 steps in one step", 10, async ({ hostile }) => ({
    slug: await hostile.push(
      flow([
        transform(
          "a",
          many(40, () => slowExpression),
        ),
      ]),
    ),
    payload: { list },
  })),
  runs("30 steps of one such expression beside each other", 10, async ({ hostile }) => ({
    slug: await hostile.push(flow(many(30, (n) => transform(`n${n}`, slowExpression)))),
    payload: { list },
  })),
  runs("45 steps of 8 MB", 3, async ({ hostile }) => ({
    slug: await hostile.push(flow(chain(many(45, (n) => transform(`n${n}`, "{{ trigger.text }}"))))),
    payload: { text: "x".repeat(8_000_000) },
  })),
  runs("8.5 MB of text with 500 secrets", 3, async ({ hostile }) => {
    await manySecrets(hostile);
    const slug = await hostile.push(flow(chain(many(3, (n) => transform(`n${n}`, "{{ trigger.text }}")))));
    return { slug, payload: { text: "secret-of-the-tenant-".repeat(400_000) } };
  }),
  runs("190,000 small texts with 500 secrets", 3, async ({ hostile }) => {
    await manySecrets(hostile);
    const slug = await hostile.push(flow(chain(many(3, (n) => transform(`n${n}`, "{{ trigger.texts }}")))));
    return { slug, payload: { texts: many(190_000, (n) => `small text ${n}`) } };
  }),
  runs("190,000 names in payloads", 4, async ({ hostile }) => ({
    slug: await hostile.push(flow([transform("a", "{{ trigger }}")])),
    payload: Object.fromEntries(many(90_000, (n) => [`name_${n}`, n])),
  })),
  runs("25 runs of 10,000 items", 25, async ({ hostile }) => ({
    slug: await hostile.push(
      flow([
        {
          id: "each",
          type: "map",
          over: "{{ trigger.items }}",
          as: "item",
          concurrency: 100,
          nodes: [transform("t", "{{ item }}")],
        },
      ]),
    ),
    payload: { items: many(10_000, (n) => n) },
  })),
];

async function manySecrets(tenant: HostileTenant): Promise<void> {
  const variables = Object.fromEntries(
    many(500, (n) => [`SECRET_${n}`, { value: `secret-of-the-tenants-${n}`, secret: true }]),
  );
  await tenant.done("PUT", "/environments/production/variables", { body: { variables } });
}

/** What tools and models answer. */
const answers: Attack[] = [
  runs("2,000 calls from one model answer", 5, async (stage) => {
    const model = await ownModel(stage, "eager");
    const agent = { id: "a", type: "agent", model, prompt: { text: "act" }, tools: ["look"] };
    const look = { http: { method: "GET", url: `${stage.servers.url}/ok` } };
    return { slug: await stage.hostile.push(flow([agent], { tools: { look } })) };
  }),
  runs("100,000 chunks of a model's answer", 5, async (stage) => ({
    slug: await stage.hostile.push(
      flow([{ id: "a", type: "model", model: await ownModel(stage, "talkative"), prompt: { text: "talk" } }]),
    ),
  })),
  runs("20 answers of 190,000 values at once", 2, async ({ hostile, servers }) => {
    const call = { id: "c", type: "tool", http: { method: "GET", url: `${servers.url}/values?count=190000` } };
    const each = { id: "each", type: "map", over: many(20, (n) => n), as: "n", concurrency: 20, nodes: [call] };
    return { slug: await hostile.push(flow([each])) };
  }),
  runs("25 runs that wait for a slow tool", 25, async ({ hostile, servers }) => ({
    slug: await hostile.push(
      flow([{ id: "s", type: "tool", http: { method: "GET", url: `${servers.url}/slow?ms=60000` } }]),
    ),
  })),
  runs("40 runs of a provider that is down", 40, async (stage) => ({
    slug: await stage.hostile.push(
      flow([
        {
          ...{ id: "a", type: "model", model: await ownModel(stage, "down"), prompt: { text: "hello" } },
          retry: { maxAttempts: 20, backoffMs: 0 },
        },
      ]),
    ),
  })),
];

export const attacksByRuns: Attack[] = [...schemas, ...work, ...answers];
