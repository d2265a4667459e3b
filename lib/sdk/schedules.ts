import type { CreateScheduleRequest, Schedule, UpdateScheduleRequest } from "#/lib/contract/schedule.ts";
import { withBody } from "./call-options.ts";
import { listCall, type ListOptions } from "./list-call.ts";
import type { PagePromise } from "./page.ts";
import type { CallOptions, Method, Sent, Transport } from "./transport.ts";

/** What is left out has its default: UTC, an empty payload, production, enabled, missed ticks skipped. */
export type NewSchedule = Pick<CreateScheduleRequest, "workflow" | "cron"> & Partial<CreateScheduleRequest>;

/** Runs that start by themselves. Every method throws RepriseError. */
export class Schedules {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Newest first, each with its next five times. */
  list(options: ListOptions = {}): PagePromise<Schedule> {
    return listCall(this.#transport, "/schedules", options);
  }

  /** Each tick of its cron expression makes exactly one run. */
  create(schedule: NewSchedule & CallOptions): Promise<Schedule> {
    return this.#call("POST", "/schedules", withBody(schedule));
  }

  retrieve(id: string, options: CallOptions = {}): Promise<Schedule> {
    return this.#call("GET", pathOf(id), options);
  }

  /** Changes what is named; `{ enabled: false }` pauses it. */
  update(id: string, change: UpdateScheduleRequest & CallOptions): Promise<Schedule> {
    return this.#call("PATCH", pathOf(id), withBody(change));
  }

  /** The runs that it started stay. */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#call("DELETE", pathOf(id), options);
  }

  async #call<T>(method: Method, path: string, sent: Sent): Promise<T> {
    return (await this.#transport.request<T>(method, path, sent)).data;
  }
}

function pathOf(id: string): string {
  return `/schedules/${encodeURIComponent(id)}`;
}
