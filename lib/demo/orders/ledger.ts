import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Json } from "#/lib/contract/json.ts";
import { sha256Hex } from "#/lib/core/hash.ts";

export type Refund = {
  id: string;
  orderId: string;
  amountCents: number;
  reason: string;
  status: "booked";
  idempotencyKey: string | null;
  createdAt: string;
};
export type Notification = {
  id: string;
  channel: string;
  to: string | null;
  subject: string | null;
  body: Json;
  idempotencyKey: string | null;
  createdAt: string;
};

type Keyed = { hash: string; id: string };
type Content = {
  refunds: Refund[];
  notifications: Notification[];
  keys: Record<string, Keyed>;
  requests: Record<string, number>;
};

const empty = (): Content => ({ refunds: [], notifications: [], keys: {}, requests: {} });

/** `fresh` = booked now; `repeated` = this key was used for the same thing before; `conflict` = for another. */
export type Booked<Entry> = { outcome: "fresh" | "repeated"; entry: Entry } | { outcome: "conflict" };

/**
 * What the shop did: refunds and messages, kept in memory and, if a file is named, on disk. It does not stop a second
 * refund for an order: only an equal idempotency key does, so that everything that really arrived can be counted.
 */
export class Ledger {
  #content: Content;
  readonly #file: string | null;

  constructor(file: string | null = null) {
    this.#file = file;
    this.#content = file === null ? empty() : readContent(file);
  }

  get refunds(): readonly Refund[] {
    return this.#content.refunds;
  }

  get notifications(): readonly Notification[] {
    return this.#content.notifications;
  }

  get requests(): Readonly<Record<string, number>> {
    return this.#content.requests;
  }

  /** Counts a request by its method; written to the file with the next booking. */
  countRequest(method: string): void {
    this.#content.requests[method] = (this.#content.requests[method] ?? 0) + 1;
  }

  bookRefund(wanted: Pick<Refund, "orderId" | "amountCents" | "reason">, key: string | null): Booked<Refund> {
    return this.#book("refund", this.#content.refunds, key, wanted, { status: "booked" as const });
  }

  bookNotification(
    wanted: Pick<Notification, "channel" | "to" | "subject" | "body">,
    key: string | null,
  ): Booked<Notification> {
    return this.#book("notification", this.#content.notifications, key, wanted, {});
  }

  reset(): void {
    this.#content = empty();
    this.#save();
  }

  #book<Wanted extends object, Fixed extends object>(
    kind: "refund" | "notification",
    entries: (Wanted & Fixed & { id: string; idempotencyKey: string | null; createdAt: string })[],
    key: string | null,
    wanted: Wanted,
    fixed: Fixed,
  ): Booked<(typeof entries)[number]> {
    const scoped = `${kind}:${key}`;
    const hash = sha256Hex(JSON.stringify(wanted));
    const earlier = key === null || !Object.hasOwn(this.#content.keys, scoped) ? undefined : this.#content.keys[scoped];
    if (earlier) {
      const entry = entries.find(({ id }) => id === earlier.id);
      return earlier.hash === hash && entry ? { outcome: "repeated", entry } : { outcome: "conflict" };
    }
    const number = entries.length + 1;
    const id = `${kind === "refund" ? "rf" : "ntf"}_${sha256Hex(`${kind}|${number}|${key ?? hash}`).slice(0, 10)}`;
    const entry = { id, ...wanted, ...fixed, idempotencyKey: key, createdAt: new Date().toISOString() };
    entries.push(entry);
    if (key !== null) this.#content.keys[scoped] = { hash, id };
    this.#save();
    return { outcome: "fresh", entry };
  }

  #save(): void {
    if (this.#file === null) return;
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#content));
    renameSync(`${this.#file}.new`, this.#file);
  }
}

function readContent(file: string): Content {
  try {
    return { ...empty(), ...(JSON.parse(readFileSync(file, "utf8")) as Content) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return empty();
    throw new Error(`DEMO_ORDERS_FILE ${file} cannot be read as a ledger`, { cause: error });
  }
}
