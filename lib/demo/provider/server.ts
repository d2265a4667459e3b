import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import type { Json } from "#/lib/contract/json.ts";
import { type Listening, listen, readJson, sendJson, UnreadableBody } from "#/lib/demo/json-http.ts";
import { answerTo } from "./answer.ts";
import { anthropicWire } from "./anthropic-wire.ts";
import { BadAsk, isObject } from "./ask.ts";
import { chatWire } from "./chat-wire.ts";
import { FaultBook, FaultRule, type FaultScript } from "./faults.ts";
import { Journal, type JournalEntry, publicHeaders } from "./journal.ts";
import { modelList } from "./model-list.ts";
import { paceOf, pause } from "./pace.ts";
import { type Play, playStatus, playStream, playWhole } from "./play-answer.ts";
import { hexOf } from "./random.ts";
import { responsesWire } from "./responses-wire.ts";
import { PromptCache, tokensOf } from "./token-usage.ts";
import type { Parsed, Reply, Wire } from "./wire.ts";

/** `speed` scales all waits: 1 lifelike, 0 none. `journalLimit` = requests kept (1000). */
export type ProviderOptions = { port?: number; speed?: number; journalLimit?: number };

export type Provider = Listening & {
  /** The requests so far, oldest first, as a copy. */
  journal(): JournalEntry[];
  /** Adds faults for the requests to come. Throws a ZodError for one that is none. */
  script(faults: FaultScript): void;
  /** Forgets journal, faults and prompt cache. */
  reset(): void;
};

type State = { speed: number; faults: FaultBook; journal: Journal; cache: PromptCache; requests: number };

const wires: Record<string, Wire> = {
  "/v1/messages": anthropicWire,
  "/v1/responses": responsesWire,
  "/v1/chat/completions": chatWire,
};

/** Starts the offline provider: Anthropic Messages, OpenAI Responses and Chat Completions on 127.0.0.1. */
export async function startProvider(options: ProviderOptions = {}): Promise<Provider> {
  const state: State = {
    speed: options.speed ?? 0,
    faults: new FaultBook(),
    journal: new Journal(options.journalLimit),
    cache: new PromptCache(),
    requests: 0,
  };
  const listening = await listen((request, response) => void handle(state, request, response), options.port);
  return {
    ...listening,
    journal: () => state.journal.list(),
    script: (faults) => state.faults.script(z.array(FaultRule).parse(faults)),
    reset: () => reset(state),
  };
}

function reset(state: State): void {
  state.journal.clear();
  state.faults.clear();
  state.cache.clear();
}

async function handle(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? "/", "http://provider").pathname;
  const wire = wires[path];
  try {
    const body = request.method === "POST" ? await readJson(request) : null;
    if (path.startsWith("/__control/")) control(state, path, body, response);
    else if (wire && request.method === "POST") await converse(state, wire, request, response, path, body);
    else other(request, response, path, body);
  } catch (error) {
    const status =
      error instanceof UnreadableBody || error instanceof BadAsk || error instanceof z.ZodError ? 400 : 500;
    const message = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    if (response.headersSent) response.destroy();
    else sendJson(response, status, (wire ?? chatWire).problem(status, message));
  }
}

function control(state: State, path: string, body: Json, response: ServerResponse): void {
  if (path === "/__control/journal") return sendJson(response, 200, { requests: state.journal.list() });
  if (path === "/__control/reset") {
    reset(state);
    return sendJson(response, 200, { ok: true });
  }
  if (path !== "/__control/script") return sendJson(response, 404, { error: { message: "no such control" } });
  const rules = z.array(FaultRule).parse(body);
  state.faults.script(rules);
  sendJson(response, 200, { rules: rules.length });
}

function other(request: IncomingMessage, response: ServerResponse, path: string, body: Json): void {
  const isAnthropic = request.headers["anthropic-version"] !== undefined;
  const wire = isAnthropic ? anthropicWire : chatWire;
  if (request.method === "GET" && path === "/health") return sendJson(response, 200, { ok: true });
  if (!isAuthorised(request)) return sendJson(response, 401, wire.problem(401, "invalid API key"));
  if (request.method === "GET" && path === "/v1/models") return sendJson(response, 200, modelList(isAnthropic));
  if (request.method === "POST" && path === "/v1/messages/count_tokens") {
    const { ask } = anthropicWire.parse({ max_tokens: 1, ...(isObject(body) ? body : {}) }, {});
    return sendJson(response, 200, {
      input_tokens: 8 + tokensOf(JSON.stringify([ask.instructions, ask.turns, ask.tools])),
    });
  }
  sendJson(response, 404, wire.problem(404, `${request.method} ${path} is not offered here`));
}

function isAuthorised(request: IncomingMessage): boolean {
  return /^Bearer \S+/i.test(request.headers.authorization ?? "") || Boolean(request.headers["x-api-key"]);
}

async function converse(
  state: State,
  wire: Wire,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  body: Json,
): Promise<void> {
  const text = JSON.stringify(body);
  state.requests += 1;
  const requestId = `req_${hexOf(`${state.requests}|${process.pid}|${text}`, 24)}`;
  const model = isObject(body) && typeof body.model === "string" ? body.model : null;
  const entry = state.journal.add({
    requestId,
    wire: wire.name,
    path,
    model,
    headers: publicHeaders(request.headers),
    body,
    receivedAt: Date.now(),
    finishedAt: null,
    status: null,
    fault: null,
    eventsSent: 0,
    aborted: false,
    abortedAt: null,
  });
  response.setHeader(wire.requestIdHeader, requestId);
  const gone = watch(response, entry);
  const refuse = (status: number, message: string) => {
    entry.status = status;
    sendJson(response, status, wire.problem(status, message));
  };
  // Compatible servers, which speak the chat format, often want no key.
  if (wire !== chatWire && !isAuthorised(request)) return refuse(401, "invalid API key");
  const parsed = parse(wire, body, request);
  if (parsed instanceof BadAsk) return refuse(400, parsed.message);
  if (wire.name === "anthropic" && !parsed.ask.model.startsWith("claude-"))
    return refuse(404, `model: ${parsed.ask.model}`);
  const fault = state.faults.take({ model: parsed.ask.model, wire: wire.name, body: text });
  entry.fault = fault as Json;
  const pace = paceOf(parsed.ask.model, text, state.speed);
  await pause(fault?.delayMs ?? 0, gone);
  await play(state, { response, wire, pace, fault, gone, entry }, parsed);
}

function parse(wire: Wire, body: Json, request: IncomingMessage): Parsed | BadAsk {
  try {
    return wire.parse(body, publicHeaders(request.headers));
  } catch (error) {
    if (error instanceof BadAsk) return error;
    throw error;
  }
}

async function play(state: State, playing: Play, { ask, isStream, reportsUsage }: Parsed): Promise<void> {
  if (playing.gone.aborted || playStatus(playing)) return;
  const answer = answerTo(ask);
  // A time that follows from the request, so that the same request gives the same bytes.
  const createdAt = 1_795_000_000 + (Number.parseInt(answer.id.slice(0, 6), 16) % 86_400);
  const reply: Reply = { ask, answer, usage: state.cache.count(ask, answer), createdAt, reportsUsage };
  if (isStream) await playStream(playing, playing.wire.frames(reply));
  else await playWhole(playing, playing.wire.whole(reply));
}

/** Fires when the connection closes before the answer was complete, and notes it. */
function watch(response: ServerResponse, entry: JournalEntry): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => {
    entry.finishedAt = Date.now();
    if (response.writableFinished) return;
    const isOurReset = typeof entry.fault === "object" && entry.fault !== null && "reset" in entry.fault;
    entry.aborted = !isOurReset;
    entry.abortedAt = isOurReset ? null : entry.finishedAt;
    gone.abort();
  });
  return gone.signal;
}
