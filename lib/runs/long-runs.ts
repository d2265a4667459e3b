/**
 * A run is long when one look at what it works on, or all that it writes, may hold an event loop for more than some
 * milliseconds. Such runs are executed in a thread of their own (lib/worker/long-runs.ts), so that no other run waits
 * for them.
 */
export const shortRun = {
  /** Largest payload of a run, and largest body of a span (or values of it, output-limits.ts), in bytes. */
  bytes: 256 * 1024,
  /** Most steps that the expressions of one of its steps take: two milliseconds. */
  expressionSteps: 20_000,
  /** Longest stream of a model's answer, in bytes. */
  streamBytes: 1024 * 1024,
  /** Most calls that one answer of an agent's model makes. */
  callsOfAnswer: 32,
  /** Most spans that it writes. */
  spans: 500,
} as const;

/** A workflow whose last long run was longer ago than this may have changed. */
const rememberedMs = 10 * 60_000;
/** With more long workflows than this, all runs of a workspace count as long: it could always make another workflow. */
const mostOfWorkspace = 5;
const mostInAll = 500;

/** The workflows that had a long run of late, so that their next runs begin where long runs belong. */
export class LongWorkflows {
  /** Oldest first. */
  readonly #since = new Map<string, { workspaceId: string; atMs: number }>();
  readonly #nowMs: () => number;

  /** `nowMs` is any clock that does not go back. */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  add(workspaceId: string, workflowId: string): void {
    this.#since.delete(workflowId);
    this.#since.set(workflowId, { workspaceId, atMs: this.#nowMs() });
    const [oldest] = this.#since.keys();
    if (oldest !== undefined && this.#since.size > mostInAll) this.#since.delete(oldest);
  }

  /** Their ids. */
  get all(): string[] {
    this.#forget();
    return [...this.#since.keys()];
  }

  /** Whether all runs of a workspace count as long. */
  areAllOf(workspaceId: string): boolean {
    this.#forget();
    return [...this.#since.values()].filter((one) => one.workspaceId === workspaceId).length > mostOfWorkspace;
  }

  #forget(): void {
    const until = this.#nowMs() - rememberedMs;
    for (const [workflowId, { atMs }] of this.#since) {
      if (atMs > until) return;
      this.#since.delete(workflowId);
    }
  }
}

/** Those that this thread has met. */
export const longWorkflows = new LongWorkflows();
