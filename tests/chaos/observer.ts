import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import type { ChaosWorkspace } from "./stage.ts";
import type { Violations } from "./violations.ts";
import { recordedKey } from "./workloads.ts";

const sampleMs = 1500;

/** What is written down inside of the database, in the transactions of the engine themselves. */
const auditing = `
  create table chaos_status_changes (n bigserial primary key, run_id text, was text, became text);
  create table chaos_rewritten_spans (n bigserial primary key, run_id text, key text, was text, became text);
  create function chaos_note_status() returns trigger language plpgsql as $$ begin
    insert into chaos_status_changes (run_id, was, became) values (new.id, old.status, new.status);
    return null;
  end $$;
  create trigger chaos_note_status after update of status on runs for each row execute function chaos_note_status();
  create function chaos_note_span() returns trigger language plpgsql as $$ begin
    insert into chaos_rewritten_spans (run_id, key, was, became) values (new.run_id, new.key, old.status, new.status);
    return null;
  end $$;
  create trigger chaos_note_span after update on spans for each row
    when (old.status in ('completed', 'failed', 'skipped')
      and (old.status, old.rev, old.finished_at) is distinct from (new.status, new.rev, new.finished_at))
    execute function chaos_note_span();`;

/** Looks at the database from outside, all the time: limits, and when which step was seen finished. */
export class Observer {
  /**
   * When a step (`run key`) was first seen finished. Not one whose outcome is unknown: a worker that was frozen between
   * writing that it sends a call and sending it does so when it is woken; the call is made once, and late.
   */
  readonly finishedSteps = new Map<string, number>();
  /** Runs that have ended well, by workspace: what may be replayed. */
  readonly completed = new Map<string, string[]>();
  openRuns = 0;
  readonly #sql: postgres.Sql;
  readonly #workspaces: ChaosWorkspace[];
  readonly #violations: Violations;
  #going = true;
  #sampling: Promise<void> | null = null;

  constructor(databaseUrl: string, workspaces: ChaosWorkspace[], violations: Violations) {
    this.#sql = postgres(databaseUrl, { max: 3, onnotice: () => {}, connect_timeout: 5 });
    this.#workspaces = workspaces;
    this.#violations = violations;
  }

  async start(): Promise<void> {
    await this.#sql.unsafe(auditing);
    this.#sampling = this.#sample();
  }

  async stop(): Promise<void> {
    this.#going = false;
    await this.#sampling;
    await this.#sql.end({ timeout: 5 });
  }

  /** Asks until the database answers. */
  async ask<Row extends object>(question: (sql: postgres.Sql) => PromiseLike<unknown>): Promise<Row[]> {
    for (;;) {
      try {
        return (await question(this.#sql)) as Row[];
      } catch (error) {
        if (/syntax|does not exist|permission/.test(String(error))) throw error;
        await sleep(200);
      }
    }
  }

  async #sample(): Promise<void> {
    while (this.#going) {
      await this.#sampleOnce().catch(() => {});
      await sleep(sampleMs);
    }
  }

  async #sampleOnce(): Promise<void> {
    const held = await this.#sql<{ id: string; held: number }[]>`
      select workspace_id as id, count(*)::int as held from runs where admitted_at is not null group by 1`;
    for (const { id, maxRunning } of this.#workspaces) {
      const running = held.find((row) => row.id === id)?.held ?? 0;
      if (running > maxRunning) this.#violations.add("limit_exceeded", `${id}: ${running} of ${maxRunning}`);
    }
    const [open] = await this.#sql<
      { open: number }[]
    >`select count(*)::int as open from runs where finished_at is null`;
    this.openRuns = open?.open ?? 0;
    for (const { id } of this.#workspaces) {
      const rows = await this.#sql<{ id: string }[]>`select id from runs where workspace_id = ${id}
        and status = 'completed' and parent_run is null and depth < 4 order by finished_at desc limit 20`;
      this.completed.set(
        id,
        rows.map((row) => row.id),
      );
    }
    const steps = await this.#sql<{ run: string; key: string }[]>`
      select s.run_id as run, s.key from spans s join runs r on r.id = s.run_id
      where s.kind = 'tool' and s.status in ('completed', 'failed') and s.reused_run is null
        and s.error->>'code' is distinct from 'unknown_outcome'
        and (r.finished_at is null or r.finished_at > now() - interval '15 s')`;
    const at = Date.now();
    for (const { run, key } of steps) {
      const step = `${run} ${recordedKey(key)}`;
      if (!this.finishedSteps.has(step)) this.finishedSteps.set(step, at);
    }
  }
}
