import type { Json } from "#/lib/contract/json.ts";

/** One request as the provider saw it; credentials are left out. Times in milliseconds since 1970. */
export type JournalEntry = {
  requestId: string;
  wire: "anthropic" | "responses" | "chat";
  path: string;
  model: string | null;
  headers: Record<string, string>;
  body: Json;
  receivedAt: number;
  finishedAt: number | null;
  /** Status of the answer; null while none was sent. */
  status: number | null;
  /** Which fault was played, null = none. */
  fault: Json;
  eventsSent: number;
  /** The client closed its connection before the answer was complete. */
  aborted: boolean;
  abortedAt: number | null;
};

const secretHeaders = /^(authorization|proxy-authorization|cookie|x-api-key|api-key)$|secret|token/i;

/** Headers without those that may carry a credential. */
export function publicHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const shown = Object.entries(headers).filter(([name, value]) => value !== undefined && !secretHeaders.test(name));
  return Object.fromEntries(shown.map(([name, value]) => [name, String(value)]));
}

/** The latest requests, oldest first; older ones are dropped beyond `limit`. */
export class Journal {
  #entries: JournalEntry[] = [];
  readonly #limit: number;

  constructor(limit = 1000) {
    this.#limit = limit;
  }

  add(entry: JournalEntry): JournalEntry {
    this.#entries.push(entry);
    if (this.#entries.length > this.#limit) this.#entries.shift();
    return entry;
  }

  list(): JournalEntry[] {
    return structuredClone(this.#entries);
  }

  clear(): void {
    this.#entries = [];
  }
}
