import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { JsonObject } from "#/lib/contract/json.ts";
import type { FieldError } from "#/lib/contract/problem.ts";

/** One piece of work on a schema, as a thread gets it; values as JSON, which is quicker to copy than they are. */
export type SchemaTask = { work: "check" | "validate" | "complete"; schema: JsonObject; json: string; root: string };
/** What came of it; `refused` says that the schema cannot be used, `failed` is a fault of ours. */
export type SchemaAnswer =
  | { json: string; faults: FieldError[] }
  | { refused: FieldError }
  | { failed: string }
  /** Took more time, or more memory, than one task may. */
  | { exhausted: true };

/** Processor time that one task may take: compiling, when the thread does not know the schema yet, and validating. */
const maxTaskMs = 1000;
/** Time after which a task is ended, however little the crowded machine gave it. */
const maxWallMs = 10_000;
const maxThreads = 2;
const resourceLimits = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };

type Job = { task: SchemaTask; done: (answer: SchemaAnswer) => void };
type Thread = { worker: Worker; ready: Promise<unknown>; job: Job | null };

const threads = new Set<Thread>();
const waiting: Job[] = [];

/**
 * Does work on a schema in a thread of its own, which is ended when it takes more than a second of processor time or its
 * memory. At most two threads, started when first needed; they keep no process alive. Never throws.
 */
export function workInThread(task: SchemaTask): Promise<SchemaAnswer> {
  return new Promise((done) => {
    waiting.push({ task, done });
    next();
  });
}

function next(): void {
  if (waiting.length === 0) return;
  const free = [...threads].find(({ job }) => job === null) ?? (threads.size < maxThreads ? start() : null);
  const job = free && waiting.shift();
  if (job) void run(free, job);
}

function start(): Thread {
  // Sources stand where the process was started, also beside a bundle; a bundler must not follow the path.
  const entry = join(/* turbopackIgnore: true */ process.cwd(), "lib/workflows/schema-thread.ts");
  const worker = new Worker(/* turbopackIgnore: true */ entry, { env: {}, execArgv: [], resourceLimits });
  const thread: Thread = { worker, ready: new Promise((resolve) => worker.once("message", resolve)), job: null };
  threads.add(thread);
  worker.on("error", (error: NodeJS.ErrnoException) =>
    end(thread, error.code === "ERR_WORKER_OUT_OF_MEMORY" ? { exhausted: true } : { failed: error.message }),
  );
  worker.on("exit", () => end(thread, { exhausted: true }));
  return thread;
}

async function run(thread: Thread, job: Job): Promise<void> {
  const { worker } = thread;
  thread.job = job;
  worker.ref();
  await thread.ready;
  const before = await usedMs(worker);
  if (thread.job !== job) return;
  const since = performance.now();
  const watch = setInterval(async () => {
    const used = (await usedMs(worker)) - before;
    if (thread.job === job && (used > maxTaskMs || performance.now() - since > maxWallMs))
      end(thread, { exhausted: true });
  }, 100);
  worker.once("message", (answer: SchemaAnswer) => {
    if (thread.job === job) finish(thread, answer);
  });
  const { done } = job;
  job.done = (answer) => {
    clearInterval(watch);
    done(answer);
  };
  worker.postMessage(job.task);
}

/** Processor time of a thread so far; endless for one that has ended. */
async function usedMs(worker: Worker): Promise<number> {
  try {
    const { user, system } = await worker.cpuUsage();
    return (user + system) / 1000;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function finish(thread: Thread, answer: SchemaAnswer): void {
  const { job } = thread;
  thread.job = null;
  thread.worker.unref();
  job?.done(answer);
  next();
}

/** A thread that was stopped, or died: its task fails, the others go on. */
function end(thread: Thread, answer: SchemaAnswer): void {
  threads.delete(thread);
  void thread.worker.terminate();
  finish(thread, answer);
}
