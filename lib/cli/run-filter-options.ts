import { InvalidArgumentError, Option, type Command } from "commander";
import { mostPayloadFilters, payloadFilterOf, type PayloadFilter } from "#/lib/contract/payload-path.ts";
import type { RunStatus } from "#/lib/contract/status.ts";
import type { Reprise, RunChoice, RunSummaryObject } from "#/lib/sdk/client.ts";
import { collected, oneOf, time, wholeNumber } from "./option-values.ts";

export type RunFilterOptions = {
  status?: RunStatus[];
  workflow?: string[];
  tag?: string[];
  environment?: string[];
  since?: Date;
  until?: Date;
  payloadField?: PayloadFilter;
  batch?: string;
  schedule?: string;
  limit?: number;
};

// Not imported from the contract: that would load the schema library, which takes longer than all of the rest.
const statuses: Record<RunStatus, true> = {
  pending: true,
  running: true,
  waiting: true,
  paused: true,
  completed: true,
  failed: true,
  cancelled: true,
};

/** `--payload` is the replay's own payload where runs are replayed; the long name holds everywhere. */
const payloadFlags = {
  list: "--payload, --payload-field <path=value>",
  cancel: "--payload, --payload-field <path=value>",
  replay: "--payload-field <path=value>",
};

/** The most runs that one request changes, as the service has it. */
export const mostRunsAtOnce = 1000;

/** The filters that list and the commands that change many runs share. */
export function addRunFilterOptions(command: Command, kind: keyof typeof payloadFlags): Command {
  const status = new Option("--status <status>", "only runs in this status (repeatable)")
    .choices(Object.keys(statuses))
    .argParser(oneOf(statuses));
  const payload = new Option(
    payloadFlags[kind],
    `only runs whose payload has this: customer.id=17 (repeatable, up to ${mostPayloadFilters})`,
  ).argParser(payloadFields);
  const limit =
    kind === "list"
      ? new Option("-n, --limit <count>", "maximum number of runs").argParser(wholeNumber(1, 10_000)).default(20)
      : new Option("-n, --limit <count>", "only the newest of them; otherwise all that match").argParser(
          wholeNumber(1, mostRunsAtOnce),
        );
  return command
    .addOption(status)
    .option("-w, --workflow <slug>", "only runs of this workflow (repeatable)", collected)
    .option("--tag <tag>", "only runs with this tag (repeatable: any of them)", collected)
    .option("--environment <name>", "only runs in this environment (repeatable)", collected)
    .addOption(payload)
    .option("-s, --since <time>", "only runs created after: 24h, 7d, or a time (UTC unless it names a zone)", time)
    .option("--until <time>", "only runs created before: 1h, or a time (UTC unless it names a zone)", time)
    .option("--batch <id>", "only replays of this batch")
    .option("--schedule <id>", "only runs that this schedule started")
    .addOption(limit);
}

function payloadFields(text: string, before: PayloadFilter = {}): PayloadFilter {
  const filter = payloadFilterOf(text);
  if (filter === null)
    throw new InvalidArgumentError('It must be PATH=VALUE, such as ticketId=T-17, items[0].sku=A or ["a.b"]=1.');
  const fields = { ...before, [filter.field]: filter.value };
  if (Object.keys(fields).length <= mostPayloadFilters) return fields;
  throw new InvalidArgumentError(`At most ${mostPayloadFilters} payload fields are allowed.`);
}

/** True when something narrows the runs: a bulk command without ids and without it would mean everything. */
export function hasFilter({ limit: _, ...filters }: RunFilterOptions): boolean {
  return [
    filters.status,
    filters.workflow,
    filters.tag,
    filters.environment,
    filters.since,
    filters.until,
    filters.payloadField,
    filters.batch,
    filters.schedule,
  ].some((value) => value !== undefined);
}

/** The filter as the service takes it. */
export function runFilterOf(options: RunFilterOptions): RunChoice {
  const { status, workflow, tag, environment, since, until, payloadField, batch, schedule } = options;
  return {
    ...(status ? { status } : {}),
    ...(workflow ? { workflow } : {}),
    ...(tag ? { tag } : {}),
    ...(environment ? { environment } : {}),
    ...(since ? { from: since.toISOString() } : {}),
    ...(until ? { to: until.toISOString() } : {}),
    ...(batch === undefined ? {} : { batch }),
    ...(schedule === undefined ? {} : { schedule }),
    ...payloadField,
  };
}

/** Up to `limit` runs that match, newest first, with the cursor after them. */
export async function listRuns(
  client: Reprise,
  options: RunFilterOptions & { limit: number; cursor?: string },
): Promise<{ data: RunSummaryObject[]; hasMore: boolean; nextCursor: string | null }> {
  const data: RunSummaryObject[] = [];
  let cursor = options.cursor;
  for (;;) {
    const limit = Math.min(100, options.limit - data.length);
    const page = await client.runs.list({
      ...runFilterOf(options),
      limit,
      ...(cursor === undefined ? {} : { cursor }),
    });
    data.push(...page.data);
    const { hasMore, nextCursor } = page;
    if (nextCursor === null || data.length >= options.limit) return { data, hasMore, nextCursor };
    cursor = nextCursor;
  }
}
