import type { IncomingMessage, ServerResponse } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { listen, readJson, sendJson } from "#/lib/demo/json-http.ts";

export type HostileServers = Awaited<ReturnType<typeof startHostileServers>>;

/** What tenants make the product talk to: tools, MCP servers and models, each of which does what hurts. */
export async function startHostileServers() {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => {
    sockets.add(socket.on("error", () => {}).on("close", () => sockets.delete(socket)));
  });
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const counts = { down: 0 };
  const http = await listen((request, response) => void answer(request, response, counts).catch(() => {}));
  const silentHost = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  return {
    url: http.url,
    /** Takes connections and says nothing. */
    silentUrl: `http://${silentHost}`,
    /** For REPRISE_EGRESS_ALLOW. */
    hosts: [new URL(http.url).host, silentHost].join(","),
    counts,
    /** Hangs up on everybody who waits for the silent one. */
    hangUp() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      this.hangUp();
      await Promise.all([http.close(), new Promise((resolve) => silent.close(resolve))]);
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, counts: { down: number }): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://hostile");
  const number = (name: string) => Number(searchParams.get(name) ?? 0);
  const body = await readJson(request).catch(() => null);
  switch (pathname.split("/")[1]) {
    case "slow":
      await sleep(number("ms"));
      return sendJson(response, 200, {});
    case "values":
      return sendJson(response, 200, Array<string>(number("count")).fill("a small text"));
    case "down":
      counts.down++;
      return sendJson(response, 503, { error: { message: "down" } });
    case "eager":
      return speak(response, eagerWords(body, 2000));
    case "single":
      return speak(response, eagerWords(body, 1));
    case "talkative":
      return speak(response, chatterWords());
    case "mcp":
      return answerMcp(request, response, body as JsonObject | null, pathname.split("/")[2] ?? "");
    default:
      return sendJson(response, 200, {});
  }
}

/** Chunks of a chat completion as an OpenAI-compatible server streams them. */
function speak(response: ServerResponse, deltas: Iterable<object>): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const choice of deltas)
    response.write(`data: ${JSON.stringify({ id: "c", model: "hostile", choices: [{ index: 0, ...choice }] })}\n\n`);
  response.end("data: [DONE]\n\n");
}

/** A model that calls the tool `look` so many times in its first answer. */
function eagerWords(body: Json, calls: number): object[] {
  if (JSON.stringify(body).includes('"role":"tool"')) return [{ delta: { content: "done" }, finish_reason: "stop" }];
  const call = (index: number) => ({
    ...{ index, id: `call_${index}`, type: "function" },
    function: { name: "look", arguments: "{}" },
  });
  return [
    { delta: { tool_calls: Array.from({ length: calls }, (_, index) => call(index)) }, finish_reason: "tool_calls" },
  ];
}

/** 100,000 chunks of one character each. */
function* chatterWords(): Generator<object> {
  for (let n = 0; n < 100_000; n++) yield { delta: { content: "a" }, finish_reason: null };
  yield { delta: {}, finish_reason: "stop" };
}

/** Applies two branches at each level of a value: 2ⁿ checks at a depth of n. */
export const branching: JsonObject = (() => {
  const branch = { required: ["q"], properties: { n: { $ref: "#" } } };
  return { type: "object", anyOf: [branch, branch] };
})();
export const nested = (depth: number): Json => (depth === 0 ? {} : { n: nested(depth - 1) });
/** Refers to itself twenty times at each level, without end. */
export const selfReferring: JsonObject = {
  $defs: { a: { allOf: Array.from({ length: 20 }, () => ({ $ref: "#/$defs/a" })) } },
  $ref: "#/$defs/a",
};
/** Hundreds of patterns that become large automata: seconds of compiling. `salt` makes it one that nobody has seen. */
export function slowToCompile(salt: string): JsonObject {
  const patterns = Array.from({ length: 3000 }, (_, n) => ({ pattern: `[\\p{L}]{1,${400 + (n % 500)}}` }));
  return { title: salt, anyOf: patterns };
}

/** Tools of each hostile MCP server, and how they answer. */
function mcpTools(kind: string): { tools: object[]; structuredContent: Json } {
  const tool = (more: object, name = "act") => ({ name, inputSchema: { type: "object" }, ...more });
  switch (kind) {
    case "self":
      return { tools: [tool({ outputSchema: { type: "object", ...selfReferring } })], structuredContent: {} };
    case "branching":
      return { tools: [tool({ outputSchema: branching })], structuredContent: nested(40) };
    case "slow":
      return { tools: [tool({ inputSchema: { type: "object", ...slowToCompile("mcp") } })], structuredContent: {} };
    default: {
      // Less than 4 MiB in all is taken, more is refused.
      const large = { type: "object", description: "x".repeat(kind === "full" ? 3_900 : 9_000) };
      return {
        tools: Array.from({ length: 1000 }, (_, n) => tool({ inputSchema: large }, `act_${n}`)),
        structuredContent: {},
      };
    }
  }
}

/** Streamable HTTP of the generation 2025-11-25, as JSON and without a session. */
function answerMcp(request: IncomingMessage, response: ServerResponse, message: JsonObject | null, kind: string): void {
  if (request.method !== "POST" || message === null) return sendJson(response, 405, {});
  const { id = null, method } = message;
  const result = (value: object) => sendJson(response, 200, { jsonrpc: "2.0", id, result: value });
  const { tools, structuredContent } = mcpTools(kind);
  if (method === "initialize")
    return result({
      protocolVersion: "2025-11-25",
      capabilities: { tools: {} },
      serverInfo: { name: "hostile", version: "1.0.0" },
    });
  if (method === "tools/list") return result({ tools });
  if (method === "tools/call") return result({ content: [{ type: "text", text: "done" }], structuredContent });
  if (String(method).startsWith("notifications/")) return void response.writeHead(202).end();
  const error = { code: -32_000, message: "Bad Request: Server not initialized" };
  sendJson(response, 400, { jsonrpc: "2.0", id, error });
}
