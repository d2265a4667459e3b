import { now } from "#/lib/core/clock.ts";
import { recordToolAudit } from "./engine-audit.ts";
import type { Session } from "./session.ts";
import type { EffectRecord, SpanRecord } from "./span-record.ts";
import type { SpanDraft } from "./span-writer.ts";

/** A read-only call that answers sooner is written once, at its end; a slower one is shown while it runs. */
const showAfterMs = 150;

/**
 * The span of one tool call while the call is made. Its verdict is written only when the call leaves, so that the
 * record never says that a call left which did not.
 */
export class Sending {
  readonly #session: Session;
  readonly #draft: SpanDraft;
  #started: Promise<SpanRecord> | null = null;
  /** The effect that the call left with, while it is under way. */
  #effect: EffectRecord | null = null;
  #show: NodeJS.Timeout | undefined;

  constructor(session: Session, draft: SpanDraft) {
    this.#session = session;
    this.#draft = draft;
  }

  get key(): string {
    return this.#draft.key;
  }

  /** Shows the call as running if it takes long. */
  showSoon(): void {
    this.#show = setTimeout(() => {
      if (!this.#started) this.#keep(this.#session.writer.startCall({ ...this.#draft, effect: this.#effect }));
    }, showAfterMs);
  }

  stopShowing(): void {
    clearTimeout(this.#show);
  }

  /**
   * The call is about to leave with this effect: resolves when everything that must be committed first is committed.
   * The first time that it leaves as a mutating call of a replay is audited (`isFirst`: no earlier worker let it out as
   * one).
   */
  async leave(effect: EffectRecord, isFirst: boolean): Promise<void> {
    const before = this.#effect;
    this.#effect = effect;
    if (before && (before.mutating || !effect.mutating)) return;
    const { writer, recorded } = this.#session;
    if (this.#started) this.#keep(this.#started.then((record) => writer.amend(record, { effect })));
    else if (effect.mutating) this.#keep(writer.startCall({ ...this.#draft, effect }));
    const started = await this.#started;
    if (started && effect.mutating && isFirst && recorded) await recordToolAudit(this.#session, started);
  }

  /** Writes how it ended, or what it waits for. Resolves when committed. */
  async end(change: Partial<SpanRecord>): Promise<SpanRecord> {
    this.stopShowing();
    const { writer } = this.#session;
    if (this.#started) return writer.update(await this.#started, { finishedAt: now(), ...change });
    return change.status === "waiting"
      ? writer.startCall({ ...this.#draft, ...change })
      : writer.append({ ...this.#draft, ...change });
  }

  /** Whoever needs the record awaits it; a failure until then is not an unhandled rejection. */
  #keep(started: Promise<SpanRecord>): void {
    this.#started = started;
    started.catch(() => {});
  }
}
