import type { SpanDetail } from "#/lib/contract/run.ts";

/** How many span bodies are kept: enough to go back and forth, small enough for megabyte payloads. */
const keptSpans = 32;

type Entry = { readonly promise: Promise<SpanDetail>; value: SpanDetail | null };

/**
 * Bodies of spans by id, least recently used out first. A body is fetched once, however many ask; one of an unfinished
 * span is not kept, as it will change.
 */
export class SpanCache {
  readonly #read: (spanId: string) => Promise<SpanDetail>;
  readonly #entries = new Map<string, Entry>();

  constructor(read: (spanId: string) => Promise<SpanDetail>) {
    this.#read = read;
  }

  /** The body if it is here already; for showing it in the same frame. */
  peek(spanId: string): SpanDetail | null {
    return this.#entries.get(spanId)?.value ?? null;
  }

  load(spanId: string): Promise<SpanDetail> {
    const known = this.#entries.get(spanId);
    if (known) {
      this.#entries.delete(spanId);
      this.#entries.set(spanId, known);
      return known.promise;
    }
    const promise = this.#read(spanId);
    const entry: Entry = { promise, value: null };
    this.#entries.set(spanId, entry);
    promise.then(
      (detail) => {
        if (detail.finishedAt === null) this.forget(spanId);
        else entry.value = detail;
      },
      () => this.forget(spanId),
    );
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= keptSpans) break;
      this.#entries.delete(oldest);
    }
    return promise;
  }

  forget(spanId: string): void {
    this.#entries.delete(spanId);
  }
}
