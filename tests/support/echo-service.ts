import type { IncomingMessage, ServerResponse } from "node:http";
import { listen } from "#/lib/demo/json-http.ts";

/**
 * A careless service: whatever it is sent, it says back. `/echo` in its answer, `/fail` in an error, `/v1/chat/completions`
 * as an OpenAI-compatible model does, in its text (model `echo`) or in its error (model `fail`).
 */
export function startEchoService() {
  return listen((request, response) => void answer(request, response));
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString("utf8");
  const said = { url: request.url, headers: request.headers, body };
  if (request.url?.startsWith("/v1/chat/completions")) return chat(response, body, JSON.stringify(said));
  const status = request.url?.startsWith("/fail") ? 500 : 200;
  response.writeHead(status, {
    "content-type": "application/json",
    "x-request-id": String(request.headers["x-token"] ?? ""),
  });
  response.end(JSON.stringify(status === 200 ? said : { error: { message: `cannot do ${JSON.stringify(said)}` } }));
}

function chat(response: ServerResponse, body: string, said: string): void {
  const { model } = JSON.parse(body) as { model: string };
  if (model === "fail") {
    response.writeHead(400, { "content-type": "application/json" });
    return void response.end(
      JSON.stringify({ error: { message: `bad request: ${said}`, type: "invalid_request_error" } }),
    );
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const chunk = (delta: object, finish: string | null) =>
    response.write(
      `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
    );
  // In pieces, as models do: no piece holds a secret as a whole.
  for (const piece of said.match(/.{1,7}/gs) ?? []) chunk({ role: "assistant", content: piece }, null);
  chunk({}, "stop");
  response.end("data: [DONE]\n\n");
}
