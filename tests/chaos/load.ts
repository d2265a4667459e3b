import { setTimeout as sleep } from "node:timers/promises";
import { isFinal } from "#/lib/contract/status.ts";
import { RepriseError } from "#/lib/sdk/client.ts";
import type { AcceptedBatch } from "./batch-invariants.ts";
import { NeverAnswered, type Clients } from "./clients.ts";
import { followTrace } from "./follow-trace.ts";
import type { HttpWatch } from "./http-watch.ts";
import type { Observer } from "./observer.ts";
import type { Random } from "./random.ts";
import type { ChaosWorkspace, Stage } from "./stage.ts";
import type { Tally, Violations } from "./violations.ts";

const mostOpenRuns = 60;

/** A submit whose answer was read: the service owes this run. */
export type Accepted = { id: string; workspace: ChaosWorkspace; workflow: string; replay: boolean };

/** The customers: submit runs and replays, decide on approvals, cancel, pause and resume, and follow events. */
export class Load {
  readonly accepted = new Map<string, Accepted>();
  /** Runs that somebody asked to cancel. */
  readonly cancelled = new Set<string>();
  readonly batches: AcceptedBatch[] = [];
  /** What customers are at, each with what it is about. */
  readonly #tasks = new Map<Promise<void>, string>();
  #number = 0;
  readonly #stage: Stage;
  readonly #clients: Clients;
  readonly #observer: Observer;
  readonly #watch: HttpWatch;
  readonly #random: Random;
  readonly #tally: Tally;
  readonly #violations: Violations;
  readonly #run: string;
  readonly #killsWebs: boolean;
  readonly #weights: Readonly<Record<string, number>>;

  constructor(parts: {
    stage: Stage;
    clients: Clients;
    observer: Observer;
    watch: HttpWatch;
    random: Random;
    tally: Tally;
    violations: Violations;
    killsWebs: boolean;
    weights: Readonly<Record<string, number>>;
  }) {
    ({
      stage: this.#stage,
      clients: this.#clients,
      observer: this.#observer,
      watch: this.#watch,
      random: this.#random,
      tally: this.#tally,
      violations: this.#violations,
      killsWebs: this.#killsWebs,
      weights: this.#weights,
    } = parts);
    this.#run = `chaos-${this.#random.between(0, 1e9)}`;
  }

  /** Submits until `until` (performance.now), as fast as runs end. */
  async goOn(until: number): Promise<void> {
    while (performance.now() < until) {
      if (this.#observer.openRuns + this.#tasks.size < mostOpenRuns) this.#begin("submit", this.#submitOne());
      await sleep(this.#random.between(30, 200));
    }
  }

  /** Waits until every customer has their answer, or until `until` (performance.now): those left have none. */
  async settled(until: number): Promise<void> {
    while (this.#tasks.size > 0 && performance.now() < until) await sleep(100);
    for (const about of this.#tasks.values()) this.#violations.add("customer_without_answer", about);
  }

  #begin(about: string, work: Promise<void>): void {
    const task = work
      .catch((error: unknown) => {
        if (error instanceof NeverAnswered) this.#violations.add("never_answered", error.message);
        else if (error instanceof RepriseError) this.#tally.add(`refused ${error.code}`);
        else this.#violations.add("client_failed", String(error));
      })
      .finally(() => this.#tasks.delete(task));
    this.#tasks.set(task, about);
  }

  async #submitOne(): Promise<void> {
    const workspace = this.#random.pick(this.#stage.workspaces);
    const idempotencyKey = `${this.#run}-${this.#number++}`;
    if (this.#killsWebs && this.#random.chance(0.02)) {
      this.#watch.dieBeforeAnswering(idempotencyKey);
      this.#tally.add("web dies before its answer");
    }
    const sources = this.#observer.completed.get(workspace.id) ?? [];
    // Rarely: batches take what the quota of replays leaves them, and must be through soon after the faults.
    if (sources.length > 0 && this.#random.chance(0.005)) return this.#replayMany(workspace, idempotencyKey, sources);
    if (sources.length > 0 && this.#random.chance(0.2)) return this.#replay(workspace, idempotencyKey, sources);
    return this.#trigger(workspace, idempotencyKey);
  }

  async #trigger(workspace: ChaosWorkspace, idempotencyKey: string): Promise<void> {
    const workflow = this.#random.weighted(this.#weights);
    // Times that end within the skew of a wrong clock, and long after a run: they must have no effect.
    const options = {
      maxDurationMs: 300_000,
      ttl: "9m",
      ...(this.#random.chance(0.05) ? { delay: "2s" } : {}),
      ...(this.#random.chance(0.1) ? { concurrencyKey: `c${this.#random.between(1, 3)}` } : {}),
      priority: this.#random.between(0, 2),
    };
    const { id } = await this.#clients.persist(workspace, (client) =>
      client.workflows.trigger(workflow, {}, { ...options, idempotencyKey }),
    );
    this.#accept({ id, workspace, workflow, replay: false });
    if (workflow === "approval") this.#begin(`approve ${id}`, this.#approve(workspace, id));
    const control = this.#random.weighted({ none: 18, cancel: 1, pause: 1 });
    if (control === "cancel") this.#begin(`cancel ${id}`, this.#cancel(workspace, id));
    if (control === "pause") this.#begin(`pauseAndResume ${id}`, this.#pauseAndResume(workspace, id));
  }

  async #replay(workspace: ChaosWorkspace, idempotencyKey: string, sources: string[]): Promise<void> {
    const source = this.#random.pick(sources);
    const { id } = await this.#clients.persist(workspace, (client) => client.runs.replay(source, { idempotencyKey }));
    const workflow = this.accepted.get(source)?.workflow ?? "?";
    this.#accept({ id, workspace, workflow, replay: true });
    if (workflow === "approval") this.#begin(`approve ${id}`, this.#approve(workspace, id));
  }

  async #replayMany(workspace: ChaosWorkspace, idempotencyKey: string, sources: string[]): Promise<void> {
    const runIds = [...new Set(Array.from({ length: 4 }, () => this.#random.pick(sources)))];
    const { id } = await this.#clients.persist(workspace, (client) =>
      client.runs.bulk.replay({ runIds, idempotencyKey }),
    );
    this.batches.push({ id, workspace, runIds });
    this.#tally.add("batches accepted");
  }

  #accept(run: Accepted): void {
    if (this.accepted.has(run.id)) this.#violations.add("one_id_for_two_submits", run.id);
    this.accepted.set(run.id, run);
    this.#tally.add(run.replay ? "replays accepted" : "runs accepted");
    if (this.#random.chance(0.1)) this.#begin(`follow ${run.id}`, this.#follow(run));
    if (this.#random.chance(0.1)) this.#begin(`follow the trace of ${run.id}`, this.#followTrace(run));
  }

  async #approve(workspace: ChaosWorkspace, id: string): Promise<void> {
    for (;;) {
      await sleep(1000);
      if (isFinal((await this.#clients.persist(workspace, (client) => client.runs.retrieve(id))).status)) return;
      const { data } = await this.#clients.persist(workspace, (client) =>
        client.request<{ data: { spanId: string }[] }>("GET", `/runs/${id}/approvals`),
      );
      const spanId = data[0]?.spanId;
      if (spanId === undefined) continue;
      await this.#clients.persist(workspace, (client) =>
        client.request("POST", `/runs/${id}/approvals/${spanId}`, { body: { decision: "approve" } }),
      );
      return this.#tally.add("approvals");
    }
  }

  async #cancel(workspace: ChaosWorkspace, id: string): Promise<void> {
    await sleep(this.#random.between(0, 1500));
    this.cancelled.add(id);
    await this.#clients.persist(workspace, (client) => client.runs.cancel(id));
    this.#tally.add("cancels");
  }

  async #pauseAndResume(workspace: ChaosWorkspace, id: string): Promise<void> {
    await sleep(this.#random.between(0, 800));
    await this.#clients.persist(workspace, (client) => client.runs.pause(id));
    await sleep(this.#random.between(0, 1500));
    await this.#clients.persist(workspace, (client) => client.runs.resume(id));
    this.#tally.add("pauses");
  }

  async #followTrace({ id, workspace }: Accepted): Promise<void> {
    await followTrace(workspace, id, this.#violations);
    this.#tally.add("traces followed");
  }

  /** Every event once, in order, from the first to the last, whatever happens to the stream. */
  async #follow({ id, workspace }: Accepted): Promise<void> {
    const { url } = this.#random.pick(this.#stage.webs);
    let last = 0;
    let type = "";
    for await (const event of this.#clients.at(workspace, url).runs.streamEvents(id)) {
      if (event.seq !== last + 1) this.#violations.add("stream_gap", `${id}: ${last} → ${event.seq}`);
      last = event.seq;
      type = event.type;
    }
    if (!/^run\.(completed|failed|cancelled)$/.test(type)) this.#violations.add("stream_ended_early", `${id}: ${type}`);
    this.#tally.add("streams followed");
  }
}
