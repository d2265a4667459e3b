import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { newId } from "#/lib/core/ids.ts";

/**
 * Gives a `request-id` to answers under /api that no `route()` made: probes, the API description, and what Next answers by
 * itself (OPTIONS, the redirect of a trailing slash). Every answer has one (API contract), and next.config.ts knows only
 * fixed headers.
 */
export function labelAnswers(): void {
  subscribe("http.server.request.start", (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    if (!/^\/api(\/|\?|$)/.test(request.url ?? "")) return;
    const writeHead = response.writeHead.bind(response) as (...head: unknown[]) => ServerResponse;
    response.writeHead = (...head: unknown[]) => {
      if (!response.hasHeader("request-id")) response.setHeader("request-id", newId("request"));
      return writeHead(...head);
    };
  });
}
