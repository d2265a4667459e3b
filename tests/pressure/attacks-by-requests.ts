import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Attack, flow, many, transform } from "./attack.ts";
import { branching, nested, slowToCompile } from "./hostile-servers.ts";
import { read, type HostileTenant, type Sent } from "./hostile-tenant.ts";
import type { PressureStage } from "./pressure-stage.ts";

const form = { "content-type": "application/x-www-form-urlencoded" };
const yaml = { "content-type": "application/yaml" };
const mebibyte = 1024 * 1024;

/** Sends the same request again and again; its body is made once. */
function same(
  name: string,
  atOnce: number,
  make: (stage: PressureStage) => Promise<{ as: HostileTenant; method: string; path: string } & Sent>,
): Attack {
  return {
    name,
    atOnce,
    async begin(stage) {
      const { as, method, path, body, raw = JSON.stringify(body), ...sent } = await make(stage);
      const bytes = Buffer.from(raw);
      return (_turn, signal) => as.status(method, path, { ...sent, raw: bytes, signal });
    },
  };
}

/** Sends a definition as the next version of a workflow. */
function pushed(name: string, make: () => Sent): Attack {
  return same(name, 3, async ({ hostile }) => {
    const slug = await hostile.push(flow([transform("a", 1)]));
    return { as: hostile, method: "POST", path: `/workflows/${slug}/versions`, ...make() };
  });
}

const signIn = "/api/auth/callback/credentials";

/** What a sender without any key can do. */
const withoutAKey: Attack[] = [
  {
    name: "80 MB form to sign in",
    atOnce: 2,
    async begin({ hostile }) {
      const raw = Buffer.alloc(80_000_000, "a=1&");
      return async (_turn, signal) => read(await hostile.request("POST", signIn, { raw, headers: form, signal }));
    },
  },
  {
    name: "80 MB to the log of the sign-in",
    atOnce: 2,
    async begin({ hostile }) {
      const raw = Buffer.alloc(80_000_000, "a");
      return async (_turn, signal) => read(await hostile.request("POST", "/api/auth/_log", { raw, signal }));
    },
  },
  {
    name: "wrong passwords",
    atOnce: 4,
    async begin({ hostile }) {
      const answer = await hostile.request("GET", "/api/auth/csrf");
      const cookie = answer.headers
        .getSetCookie()
        .map((text) => text.split(";")[0])
        .join("; ");
      const { csrfToken } = (await answer.json()) as { csrfToken: string };
      return async (turn, signal) => {
        const raw = new URLSearchParams({
          email: `nobody-${turn}@example.com`,
          password: "x".repeat(500),
          csrfToken,
        }).toString();
        return read(await hostile.request("POST", signIn, { raw, headers: { ...form, cookie }, signal }));
      };
    },
  },
  {
    name: "wrong keys",
    atOnce: 4,
    begin:
      async ({ hostile }) =>
      (turn, signal) =>
        hostile.status("GET", "/runs", { headers: { authorization: `Bearer rp_${turn}_wrong` }, signal }),
  },
  {
    name: "200 bodies that do not end",
    atOnce: 200,
    begin:
      async ({ stack }) =>
      async (_turn, signal) => {
        const { hostname, port } = new URL(stack.baseUrls[0] ?? "");
        const socket = connect(Number(port), hostname).on("error", () => {});
        signal.addEventListener("abort", () => socket.destroy());
        socket.write(`POST /api/v1/workflows HTTP/1.1\r\nhost: ${hostname}\r\ncontent-length: 9000000\r\n\r\n`);
        while (!socket.destroyed) {
          socket.write("x");
          await sleep(100);
        }
        return 0;
      },
  },
];

const deepPatterns = (turn: number) => flow([transform("a", 1)], { input: slowToCompile(`${turn}`) });

/** What definitions cost when they are pushed. */
const definitions: Attack[] = [
  pushed("YAML map of 90,000 keys", () => ({
    raw: `name: flow\nnodes: []\ninput:\n${many(90_000, (n) => ` k${n}: 1\n`).join("")}`.slice(0, mebibyte),
    headers: yaml,
  })),
  pushed("unknown names in needs", () => ({
    body: { definition: flow(many(1000, (n) => transform(`n${n}`, 1, { needs: many(90, (m) => `x${n + m}`) }))) },
  })),
  pushed("all nodes need all before them", () => ({
    body: { definition: flow(many(400, (n) => transform(`n${n}`, 1, { needs: many(n, (m) => `n${m}`) }))) },
  })),
  pushed("expressions that read unknown nodes", () => ({
    body: {
      definition: flow(
        many(1000, (n) =>
          transform(
            `n${n}`,
            many(15, (m) => `{{ nodes.x${n}_${m}.output.y }}`),
          ),
        ),
      ),
    },
  })),
  {
    name: "schemas that compile for seconds",
    atOnce: 4,
    async begin({ hostile }) {
      const slug = await hostile.push(flow([transform("a", 1)]));
      return (turn, signal) =>
        hostile.status("POST", `/workflows/${slug}/versions`, { body: { definition: deepPatterns(turn) }, signal });
    },
  },
];

/** What payloads and other bodies cost. */
const bodies: Attack[] = [
  same("9.9 MB of ones to preflight", 3, async ({ hostile, reader }) => {
    const id = await hostile.ran(await hostile.push(flow([transform("a", 1)])));
    const raw = Buffer.from(`{"payload":[${"1,".repeat(4_950_000)}1]}`);
    return { as: reader, method: "POST", path: `/runs/${id}/replay/preflight`, raw };
  }),
  same("190,000 values to preflight", 3, async ({ hostile, reader }) => {
    const id = await hostile.ran(await hostile.push(flow([transform("a", 1)])));
    const raw = Buffer.from(`{"payload":[${"1,".repeat(190_000)}1]}`);
    return { as: reader, method: "POST", path: `/runs/${id}/replay/preflight`, raw };
  }),
  same("30 texts of 9.9 MB to preflight at once", 30, async ({ hostile, reader }) => {
    const id = await hostile.ran(await hostile.push(flow([transform("a", 1)])));
    const raw = Buffer.from(JSON.stringify({ payload: "x".repeat(9_900_000) }));
    return { as: reader, method: "POST", path: `/runs/${id}/replay/preflight`, raw };
  }),
  same("payloads that validate for seconds", 4, async ({ hostile }) => {
    const slug = await hostile.push(flow([transform("a", 1)], { input: branching }));
    return { as: hostile, method: "POST", path: `/workflows/${slug}/runs`, body: { payload: nested(60) } };
  }),
  same("payloads against a nested repetition", 4, async ({ hostile }) => {
    const input = { type: "object", properties: { t: { type: "string", pattern: "^(a+)+$" } } };
    const slug = await hostile.push(flow([transform("a", 1)], { input }));
    const payload = { t: `${"a".repeat(60)}b` };
    return { as: hostile, method: "POST", path: `/workflows/${slug}/runs`, body: { payload } };
  }),
  same("preflight over 1,000 renamed nodes", 2, async ({ hostile }) => {
    const nodes = (prefix: string) =>
      flow(many(1000, (n) => transform(`${prefix}_${n}_${"x".repeat(40)}`, `a rather long text of step ${n}`)));
    const slug = await hostile.push(nodes("before"));
    const id = await hostile.ran(slug);
    await hostile.done("POST", `/workflows/${slug}/versions`, { body: { definition: nodes("after") } });
    return { as: hostile, method: "POST", path: `/runs/${id}/replay/preflight`, body: { targetVersion: 2 } };
  }),
  {
    name: "22 MCP servers that are silent",
    atOnce: 22,
    begin:
      async ({ hostile, servers }) =>
      (turn, signal) =>
        hostile.status("POST", "/mcp-servers", {
          headers: { "idempotency-key": `silent-${turn}` },
          body: { name: `silent_${turn}`, url: `${servers.silentUrl}/mcp` },
          signal,
        }),
  },
  ...["large", "full"].map((kind): Attack => ({
    name: `MCP servers of 1,000 ${kind === "large" ? "large tools" : "tools of the most that is taken"}`,
    atOnce: 3,
    begin:
      async ({ hostile, servers }) =>
      async (turn, signal) => {
        const body = { name: `${kind}_${turn}`, url: `${servers.url}/mcp/${kind}` };
        const response = await hostile.call("POST", "/mcp-servers", { body, signal });
        const { id } = (await response.json()) as { id?: string };
        // A workspace holds 2,000 tools: what stays would be refused before it is read.
        if (id !== undefined) await hostile.status("DELETE", `/mcp-servers/${id}`);
        return response.status;
      },
  })),
];

export const attacksByRequests: Attack[] = [...withoutAKey, ...definitions, ...bodies];
