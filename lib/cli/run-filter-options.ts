import { InvalidArgumentError, Option, type Command } from "commander";
import { mostPayloadFilters, payloadFilterOf, type PayloadFilter } from "#/lib/contract/payload-path.ts";
import type { RunStatus } from "#/lib/contract/status.ts";
import type { Reprise, RunSummaryObject } from "#/lib/sdk/client.ts";
import { collected, time, wholeNumber } from "./option-values.ts";

export type RunFilterOptions = {
  status?: RunStatus[];
  workflow?: string[];
  tag?: string[];
  environment?: string[];
  since?: Date;
  until?: Date;
  payloadField?: PayloadFilter;
  limit: number;
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
const payloadFlags = { list: "--payload, --payload-field <path=value>", replay: "--payload-field <path=value>" };

/** The filters that list and the bulk commands share. */
export function addRunFilterOptions(
  command: Command,
  defaultLimit: number,
  kind: keyof typeof payloadFlags = "list",
): Command {
  const status = new Option("--status <status>", "only runs in this status (repeatable)")
    .choices(Object.keys(statuses))
    .argParser(statusList);
  const payload = new Option(
    payloadFlags[kind],
    `only runs whose payload has this: customer.id=17 (repeatable, up to ${mostPayloadFilters})`,
  ).argParser(payloadFields);
  return command
    .addOption(status)
    .option("-w, --workflow <slug>", "only runs of this workflow (repeatable)", collected)
    .option("--tag <tag>", "only runs with this tag (repeatable: any of them)", collected)
    .option("--environment <name>", "only runs in this environment (repeatable)", collected)
    .addOption(payload)
    .option("-s, --since <time>", "only runs created after: 24h, 7d, or a time (UTC unless it names a zone)", time)
    .option("--until <time>", "only runs created before: 1h, or a time (UTC unless it names a zone)", time)
    .option("-n, --limit <count>", "maximum number of runs", wholeNumber(1, 10_000), defaultLimit);
}

function statusList(value: string, before: string[] | undefined): string[] {
  if (Object.hasOwn(statuses, value)) return collected(value, before);
  throw new InvalidArgumentError(`Allowed values: ${Object.keys(statuses).join(", ")}.`);
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
  ].some((value) => value !== undefined);
}

/** The filter as the service takes it. */
function runFilterOf({ status, workflow, tag, environment, since, until, payloadField }: RunFilterOptions) {
  return {
    ...(status ? { status } : {}),
    ...(workflow ? { workflow } : {}),
    ...(tag ? { tag } : {}),
    ...(environment ? { environment } : {}),
    ...(since ? { from: since.toISOString() } : {}),
    ...(until ? { to: until.toISOString() } : {}),
    ...payloadField,
  };
}

/** Up to `limit` runs that match, newest first, with the cursor after them. */
export async function listRuns(
  client: Reprise,
  options: RunFilterOptions & { cursor?: string },
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
