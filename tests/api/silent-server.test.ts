import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { askedAtOnce } from "#/lib/tools/asking-limit.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { restApi } from "#/tests/support/rest.ts";
import { createTenant } from "#/tests/support/tenants.ts";

ownDatabase();
/** Takes connections and says nothing. */
let silent: Server;
const sockets = new Set<Socket>();
const api = restApi();
const allowedBefore = process.env["REPRISE_EGRESS_ALLOW"];

beforeAll(async () => {
  silent = createServer((socket) => {
    socket.on("error", () => {});
    sockets.add(socket);
  });
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  process.env["REPRISE_EGRESS_ALLOW"] = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
});
afterAll(() => {
  process.env["REPRISE_EGRESS_ALLOW"] = allowedBefore;
  silent.close();
});

const keyOf = async () =>
  (await createApiKey((await createTenant()).system, { name: "all", scopes: ["admin", "runs:read"] })).secret;

/** Adds the silent server under a name and idempotency key of `n`. */
function add(key: string, n: number) {
  const url = `http://${process.env["REPRISE_EGRESS_ALLOW"]}/mcp`;
  const headers = { "idempotency-key": `add-${n}` };
  return api.call("POST", "/mcp-servers", { key, headers, body: { name: `silent-${n}`, url } });
}

/** The client for MCP is loaded at its first use, which takes a while. */
const patience = { timeout: 90_000 };

test("22 requests that wait for a silent server keep no other one waiting, and are not all let in", async () => {
  const [key, otherKey] = [await keyOf(), await keyOf()];
  let pending = 22;
  const adding = Array.from({ length: pending }, (_, n) => add(key, n).finally(() => (pending -= 1)));
  await expect.poll(() => [pending, sockets.size], patience).toEqual([askedAtOnce, askedAtOnce]);

  const reads = Array.from({ length: 22 }, () => api.call("GET", "/runs", { key }));
  for (const { status } of await Promise.all(reads)) expect(status).toBe(200);
  // Nothing is done for whoever repeats one, not even for the key of one that still waits; another workspace has waiting
  // places of its own.
  const again = await Promise.all(Array.from({ length: 22 }, (_, n) => add(key, n)));
  expect(again.map(({ problem }) => problem.code).sort()).toEqual([...Array<string>(22).fill("too_many_requests")]);
  const other = add(otherKey, 0);
  await expect.poll(() => sockets.size, patience).toBe(askedAtOnce + 1);
  expect(pending).toBe(askedAtOnce);

  for (const socket of sockets) socket.destroy();
  const answers = await Promise.all([...adding, other]);
  const refused = answers.filter(({ status }) => status === 429);
  expect([answers.length, refused.length]).toEqual([23, 22 - askedAtOnce]);
  for (const { headers } of refused) expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  for (const { status, problem } of answers)
    if (status !== 429) expect([status, problem.code]).toEqual([502, "tool_http_error"]);
  // The places are free again, and a request that failed has not burned its key.
  const last = add(key, 0);
  await expect.poll(() => sockets.size, patience).toBe(askedAtOnce + 2);
  for (const socket of sockets) socket.destroy();
  expect((await last).problem.code).toBe("tool_http_error");
  expect((await api.call("GET", "/mcp-servers", { key })).body.data).toEqual([]);
});
