import { setTimeout as sleep } from "node:timers/promises";
import { isFinal, type RunStatus } from "#/lib/contract/status.ts";

export type QuietTask = { baseUrl: string; key: string; slug: string; everyMs: number };

/** What a quiet tenant saw, in milliseconds. */
export type QuietSamples = {
  /** Of each request, from sending it to the end of its answer. */
  requests: number[];
  /** Of each run, from its creation to its end by the database's clock. */
  runs: number[];
  /** What did not work as it should. */
  failures: string[];
};

type Run = { id: string; status: RunStatus; createdAt: string; finishedAt: string | null };

/** A request that is answered later than this has failed, as a person would say. */
const patienceMs = 60_000;

/** What it is asked: to use the product so for `ms`. */
export type QuietQuestion = { task: QuietTask; ms: number };

process.on(
  "message",
  ({ task, ms }: QuietQuestion) => void measure(task, ms).then((samples) => process.send?.(samples)),
);

/**
 * Every `everyMs` the next thing: the list, a run, and a new run in turn, whether or not the ones before were answered. One that
 * waited for its answer before it asked again would meet a standstill only once.
 */
async function measure(task: QuietTask, ms: number): Promise<QuietSamples> {
  const samples: QuietSamples = { requests: [], runs: [], failures: [] };
  const started: string[] = [];
  const open: Promise<void>[] = [];
  const since = performance.now();
  for (let n = 0; n * task.everyMs < ms; n++) {
    await sleep(Math.max(0, since + n * task.everyMs - performance.now()));
    open.push(
      oneThing(task, n, started, samples).catch((error: unknown) => void samples.failures.push(messageOf(error))),
    );
  }
  await Promise.all(open);
  const until = performance.now() + patienceMs;
  for (const id of started)
    await ended(task, id, until).then(
      (tookMs) => samples.runs.push(tookMs),
      (error: unknown) => samples.failures.push(messageOf(error)),
    );
  return samples;
}

async function oneThing(task: QuietTask, n: number, started: string[], { requests }: QuietSamples): Promise<void> {
  const at = performance.now();
  const id = started.at(-1);
  if (n % 3 === 0) started.push(((await ask(task, "POST", `/workflows/${task.slug}/runs`)) as Run).id);
  else await ask(task, "GET", n % 3 === 1 || id === undefined ? "/runs?limit=20" : `/runs/${id}`);
  requests.push(performance.now() - at);
}

/** Gives how long a run took, once it has ended: by `until` (performance.now). */
async function ended(task: QuietTask, id: string, until: number): Promise<number> {
  for (;;) {
    const run = (await ask(task, "GET", `/runs/${id}`)) as Run;
    if (run.status === "completed") return Date.parse(run.finishedAt ?? "") - Date.parse(run.createdAt);
    if (isFinal(run.status)) throw new Error(`run ${id} ended as ${run.status}`);
    if (performance.now() > until) throw new Error(`run ${id} has not ended`);
    await sleep(50);
  }
}

async function ask({ baseUrl, key }: QuietTask, method: string, path: string): Promise<unknown> {
  const response = await fetch(`${baseUrl}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(patienceMs),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 200)}`);
  return JSON.parse(text);
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
