import { ok } from "#/lib/api/answer.ts";
import { eventStream, lastEventId, wantsEventStream } from "#/lib/api/event-stream.ts";
import { resource, route } from "#/lib/api/route.ts";
import { readEventsEndpoint } from "#/lib/api/routes/runs.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import { subscribeRun } from "#/lib/runs/live.ts";
import { readEvents } from "#/lib/runs/read-events.ts";

const read = route(readEventsEndpoint)(async ({ ctx, params, query, request, isStillAllowed }) => {
  if (!wantsEventStream(request)) {
    const { data, final } = await readEvents(ctx, params.id, query.after ?? 0);
    const hasMore = data.length > query.limit;
    return ok({ data: data.slice(0, query.limit), hasMore, final: final && !hasMore });
  }
  await getRun(ctx, params.id);
  return eventStream({
    after: lastEventId(request) ?? query.after ?? 0,
    read: (after) => readEvents(ctx, params.id, after),
    subscribe: (onChange) => subscribeRun(params.id, onChange),
    isStillAllowed,
    signal: request.signal,
  });
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(read);
