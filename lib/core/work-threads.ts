import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { FieldError } from "#/lib/contract/problem.ts";
import type { TraceRowsQuery } from "#/lib/contract/trace-rows.ts";
import { RoundRobin } from "./round-robin.ts";

/** One piece of work on what a tenant wrote, as a thread gets it; values as JSON, which is quicker to copy than they are. */
export type ThreadTask =
  | { work: "check"; schema: string; root: string }
  | { work: "validate" | "complete"; schema: string; json: string; root: string }
  | { work: "parse"; yaml: string; json?: undefined }
  | { work: "parse"; yaml?: undefined; json: string }
  /** `json` of the answer is the YAML. */
  | { work: "write"; json: string }
  /** `json` of the answer is the fault of the text as a template, or null. */
  | { work: "template"; text: string }
  | { work: "templates"; definition: string; texts: [nodeId: string, text: string][] }
  /** `json` of the answer is the text without the secrets, and with `mask` without the credentials in its URLs. */
  | { work: "redact"; text: string; secrets: readonly string[]; mask: boolean }
  /** `json` of the answer is what is left, and what was cut (core/cut-json.ts). */
  | { work: "cut"; json: string; schema: string; maxBytes: number }
  /** `json` of the answer is the rows (contract/trace-rows.ts). */
  | { work: "rows"; json: string; query: TraceRowsQuery; maxBytes: number };
/** What came of it; `refused` says that schema or definition cannot be used, `failed` is a fault of ours. */
export type ThreadAnswer =
  | { json: string; faults: FieldError[] }
  | { refused: FieldError[] }
  | { failed: string }
  /** Took more time, or more memory, than one task may. */
  | { exhausted: true };

/**
 * Processor time in ms that one task may take: for a schema, compiling (when the thread does not know it yet) and
 * validating. Reading and compiling a new definition of the greatest size takes three to four seconds.
 */
const maxTaskMs = {
  check: 1000,
  validate: 1000,
  complete: 1000,
  parse: 6000,
  write: 6000,
  template: 6000,
  templates: 6000,
  redact: 6000,
  cut: 6000,
  rows: 6000,
} as const;
/** A task is ended after its limit times this in elapsed time, however little a crowded machine gave it. */
const maxWait = 10;
const maxThreads = 2;
const resourceLimits = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };

type Job = { owner: string; task: ThreadTask; done: (answer: ThreadAnswer) => void };
type Thread = { worker: Worker; ready: Promise<unknown>; job: Job | null };

const threads = new Set<Thread>();
const waiting = new RoundRobin<Job>();

/**
 * Does work in a thread of its own, which is ended when it takes more than its processor time or its memory. At most two
 * threads, started when first needed; they keep no process alive. A workspace (`owner`) has one of them at a time, and
 * workspaces take turns: whatever one asks for, another waits for a thread no longer than it does anyhow. Never throws.
 */
export function workInThread(owner: string, task: ThreadTask): Promise<ThreadAnswer> {
  return new Promise((done) => {
    waiting.push(owner, { owner, task, done });
    next();
  });
}

function next(): void {
  const idle = [...threads].find(({ job }) => job === null);
  if (!idle && threads.size >= maxThreads) return;
  const busy = new Set([...threads].map(({ job }) => job?.owner));
  const job = waiting.shift((owner) => !busy.has(owner));
  if (job) void run(idle ?? start(), job);
}

function start(): Thread {
  // Sources stand where the process was started, also beside a bundle; a bundler must not follow the path.
  const entry = join(/* turbopackIgnore: true */ process.cwd(), "lib/workflows/work-thread.ts");
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
  const most = maxTaskMs[job.task.work];
  const watch = setInterval(async () => {
    const used = (await usedMs(worker)) - before;
    if (thread.job === job && (used > most || performance.now() - since > most * maxWait))
      end(thread, { exhausted: true });
  }, 100);
  worker.once("message", (answer: ThreadAnswer) => {
    if (thread.job === job) finish(thread, answer);
  });
  const { done } = job;
  job.done = (answer) => {
    clearInterval(watch);
    done(answer);
  };
  worker.postMessage(job.task);
}

/** Processor time of a thread so far, in ms; Infinity for one that has ended. */
async function usedMs(worker: Worker): Promise<number> {
  try {
    const { user, system } = await worker.cpuUsage();
    return (user + system) / 1000;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function finish(thread: Thread, answer: ThreadAnswer): void {
  const { job } = thread;
  thread.job = null;
  thread.worker.unref();
  job?.done(answer);
  next();
}

/** A thread that was stopped, or died: its task fails, the others go on. */
function end(thread: Thread, answer: ThreadAnswer): void {
  threads.delete(thread);
  void thread.worker.terminate();
  finish(thread, answer);
}
