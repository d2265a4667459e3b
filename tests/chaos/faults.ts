import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import type { Observer } from "./observer.ts";
import type { Disturbance } from "./order-service.ts";
import type { Random } from "./random.ts";
import { maxConnections, type Stage } from "./stage.ts";
import type { Tally } from "./violations.ts";

export type FaultLane = "workers" | "frozen" | "database" | "webs" | "outside";
type Parts = { stage: Stage; random: Random; tally: Tally; observer: Observer; until: number };

/** Past the 10 s after which a job that nobody beats for goes to another worker. */
const frozenMs = { low: 12_000, high: 16_000 };

/** Injects faults until the time is up, each lane beside the others; what it broke is whole again when this resolves. */
export async function injectFaults(lanes: readonly FaultLane[], parts: Parts): Promise<void> {
  const work: Record<FaultLane, (parts: Parts) => Promise<void>> = { workers, frozen, database, webs, outside };
  await Promise.all(lanes.map((lane) => work[lane]({ ...parts, random: parts.random.fork() })));
}

const over = ({ until }: Parts) => performance.now() >= until;

/** Waits, but not beyond the end. */
async function pause({ random, until }: Parts, lowMs: number, highMs: number): Promise<void> {
  await sleep(Math.max(0, Math.min(random.between(lowMs, highMs), until - performance.now())));
}

async function workers(parts: Parts): Promise<void> {
  const { stage, random, tally } = parts;
  for (await pause(parts, 1000, 3000); !over(parts); await pause(parts, 1500, 7000)) {
    const victims = stage.workers.filter((worker) => worker.isUp);
    if (victims.length === 0) continue;
    tally.add("worker killed");
    await random.pick(victims).kill();
  }
}

async function frozen(parts: Parts): Promise<void> {
  const { stage, random, tally } = parts;
  for (await pause(parts, 2000, 5000); !over(parts); await pause(parts, 5000, 15_000)) {
    const victims = stage.workers.filter((worker) => worker.isUp);
    if (victims.length === 0) continue;
    tally.add("worker frozen past its heartbeat");
    await random.pick(victims).freeze(random.between(frozenMs.low, frozenMs.high));
  }
}

async function webs(parts: Parts): Promise<void> {
  const { stage, random, tally } = parts;
  for (await pause(parts, 3000, 6000); !over(parts); await pause(parts, 6000, 15_000)) {
    const up = stage.webs.filter((web) => web.isUp);
    if (up.length < 2) continue;
    tally.add("web killed");
    await random.pick(up).kill();
  }
}

async function database(parts: Parts): Promise<void> {
  const { random } = parts;
  for (await pause(parts, 3000, 5000); !over(parts); await pause(parts, 8000, 20_000)) {
    const kind = random.weighted({ killed: 4, exhausted: 3, disconnected: 2 });
    if (kind === "killed") await killDatabase(parts);
    else if (kind === "exhausted") await exhaustConnections(parts, random.between(2000, 6000));
    else await disconnectAll(parts);
  }
}

/** A phase in which the server dies every few seconds. */
async function killDatabase(parts: Parts): Promise<void> {
  const { stage, random, tally } = parts;
  for (let times = random.between(1, 4); times > 0; times--) {
    tally.add("PostgreSQL killed");
    await stage.cluster.crash();
    await sleep(random.between(0, 2500));
    await stage.cluster.startAgain();
    if (over(parts)) return;
    await sleep(random.between(2000, 5000));
  }
}

/** Breaks all connections of workers and webs, and takes the places that they leave, but for a few. */
export async function exhaustConnections({ stage, tally }: Pick<Parts, "stage" | "tally">, ms: number): Promise<void> {
  tally.add("connections exhausted");
  const left = 3;
  const holders: postgres.Sql[] = [];
  const hold = async (): Promise<boolean> => {
    const holder = postgres(stage.databaseUrl, { max: 1, onnotice: () => {}, connect_timeout: 3 });
    holders.push(holder);
    return holder`select 1`.then(
      () => true,
      () => false,
    );
  };
  try {
    while (holders.length < maxConnections && (await hold()));
    await disconnectAll({ stage, tally }, holders[0]);
    while (holders.length < maxConnections * 2 && (await hold()));
    await Promise.all(holders.splice(0, left).map((holder) => holder.end({ timeout: 1 })));
    await sleep(ms);
  } finally {
    await Promise.all(holders.map((holder) => holder.end({ timeout: 1 }).catch(() => {})));
  }
}

async function disconnectAll({ stage, tally }: Pick<Parts, "stage" | "tally">, through?: postgres.Sql): Promise<void> {
  tally.add("connections broken");
  const sql = through ?? postgres(stage.databaseUrl, { max: 1, onnotice: () => {}, connect_timeout: 5 });
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name in ('chaos-worker', 'chaos-web')`.catch(() => {});
  if (!through) await sql.end({ timeout: 1 }).catch(() => {});
}

/** The model provider and the order service hang, cut connections off and refuse. */
async function outside(parts: Parts): Promise<void> {
  const { stage, random, tally } = parts;
  for (await pause(parts, 2000, 5000); !over(parts); await pause(parts, 5000, 15_000)) {
    if (random.chance(0.5)) {
      const fault = random.pick([
        { stallAfterChunks: true as const },
        { cutAfterChunks: true as const },
        { reset: true as const },
        { status: 529 },
        { malformed: true as const },
      ]);
      tally.add(`provider: ${Object.keys(fault)[0]}`);
      stage.provider.script([{ fault, times: random.between(1, 4) }]);
      continue;
    }
    const kind = random.pick<Disturbance>(["cut", "hang", "refuse"]);
    tally.add(`order service: ${kind}`);
    stage.orders.disturbance = { kind, oneIn: 5 };
    await pause(parts, 1000, 3000);
    stage.orders.disturbance = null;
  }
}
