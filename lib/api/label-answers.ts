import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { noteConnection } from "#/lib/auth/client-address.ts";
import { newId } from "#/lib/core/ids.ts";
import { watchAction } from "./action-status.ts";

/**
 * Corrects the headers of answers that Next makes by itself. Those under /api get a `request-id` where no operation gave one:
 * probes, the API description, the redirect of a trailing slash (every answer has one, and next.config.ts knows only fixed
 * headers). Those to server actions get the action's status. Before that, the request gets its client's address.
 */
export function labelAnswers(): void {
  subscribe("http.server.request.start", (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    noteConnection(request);
    const isApi = /^\/api(\/|\?|$)/.test(request.url ?? "");
    const statusOf = isApi ? null : watchAction(request);
    if (!isApi && !statusOf) return;
    const writeHead = response.writeHead.bind(response) as (...head: unknown[]) => ServerResponse;
    response.writeHead = (status: unknown, ...rest: unknown[]) => {
      if (isApi && !response.hasHeader("request-id")) response.setHeader("request-id", newId("request"));
      return writeHead(statusOf && typeof status === "number" ? statusOf(status) : status, ...rest);
    };
  });
}
