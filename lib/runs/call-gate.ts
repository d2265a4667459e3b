import { database } from "#/db/client.ts";
import { decideMutationNow } from "#/lib/policies/decide-mutation-now.ts";
import type { MutationDecision } from "#/lib/policies/mutation-policy.ts";
import { judgeMutability, type Mutability } from "#/lib/tools/mutability.ts";
import type { ConcreteCall, ToolCall } from "./concrete-call.ts";
import { decideEffect, type GateDecision } from "./effect-gate.ts";
import type { CallIdentity, RecordedCalls } from "./recorded-calls.ts";
import type { Session } from "./session.ts";
import type { EffectRecord } from "./span-record.ts";
import { StepFailure, unknownOutcome } from "./step-failure.ts";

/** What was decided about a call: whether it may leave, and what its span says about that. */
export type Passage = { decision: GateDecision; effect: EffectRecord };

/** An attempt that was not made: the gate closed before its first byte left. */
export class HeldBack extends Error {}

/**
 * The gate of one tool call. It is asked before each attempt, and once more when the attempt's connection is open. Each
 * time it reads what is known of the tool, the policy and the grants. A call once judged mutating stays mutating; one
 * that has left stays live. One that has left with an unknown outcome is judged afresh before it is made again, in every
 * run, and is not made again where it counts as mutating by then.
 */
export class CallGate {
  readonly #session: Session;
  readonly #call: ToolCall;
  readonly #concrete: ConcreteCall;
  readonly #name: string;
  readonly #identity: CallIdentity;
  readonly #onLeave: (effect: EffectRecord) => Promise<void>;
  #judged: Mutability;
  #original: ReturnType<RecordedCalls["take"]> | null = null;
  #passage: Passage | null = null;
  #hasLeft: boolean;
  #wasTried: boolean;
  /** An attempt that is over may have taken effect: nobody knows. */
  #isUnsettled: boolean;
  /** What kept the current attempt from leaving. */
  #fault: unknown = null;
  /** Counts attempts, so that leftovers of an abandoned attempt can no longer let anything out. */
  #attempt = 0;

  /**
   * `left`: with what effect an earlier holder let the call out; null = none did. `onLeave`: what must be committed
   * before the first byte leaves.
   */
  constructor(
    session: Session,
    made: { call: ToolCall; concrete: ConcreteCall; name: string; identity: CallIdentity; left: EffectRecord | null },
    onLeave: (effect: EffectRecord) => Promise<void>,
  ) {
    this.#session = session;
    this.#call = made.call;
    this.#concrete = made.concrete;
    this.#name = made.name;
    this.#identity = made.identity;
    this.#hasLeft = made.left !== null;
    this.#wasTried = made.left !== null;
    // One that left as mutating is only continued where its outcome is known.
    this.#isUnsettled = made.left?.mutating === false;
    this.#judged = judgeMutability(made.concrete.facts);
    this.#onLeave = onLeave;
  }

  /** Has a byte of the call left, or might it have? Then the record says that it is live. */
  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  /** False as long as it is known that no byte of it has left, even where the record says already that it does. */
  get wasTried(): boolean {
    return this.#wasTried;
  }

  /** Does it leave only where policy allows it? */
  get #isGated(): boolean {
    return this.#session.recorded !== null && this.#judged.mutating;
  }

  /** The last decision. */
  get passage(): Passage {
    if (!this.#passage) throw new Error("the gate was not asked");
    return this.#passage;
  }

  /** Before all attempts; `assertOpen` says afterwards whether there may be one. */
  async open(): Promise<void> {
    await (this.#session.recorded === null ? this.#decide() : this.#ask());
  }

  /** Throws HeldBack, or `unknown_outcome` where the call may have taken effect already. */
  assertOpen(): void {
    const { decision, effect } = this.passage;
    if (this.#isUnsettled && effect.mutating) throw unknownOutcome(this.#name);
    if (!decision.send) throw new HeldBack(effect.why);
  }

  /** Checks the definition where the judgement rests on it, then the policy. */
  async #ask(): Promise<void> {
    const { recheck, factsNow } = this.#concrete;
    await this.#judgeBy(recheck ?? factsNow);
    await this.#decide();
  }

  /** Begins an attempt; asks again unless `open` has just done so. Throws as `assertOpen` does, or StepFailure. */
  async beginAttempt(): Promise<void> {
    this.#fault = null;
    const isAsked = this.#attempt++ === 0 && (this.#session.recorded !== null || !this.#isUnsettled);
    if (!isAsked) await this.#ask();
    this.assertOpen();
  }

  /**
   * Ends the attempt, whether it succeeded or failed. `isUnknown`: nobody knows whether it took effect. Returns what
   * kept it from leaving, null when nothing did.
   */
  endAttempt(isUnknown = false): unknown {
    this.#attempt++;
    if (isUnknown && this.#fault === null) this.#isUnsettled = true;
    return this.#fault;
  }

  /**
   * What an attempt calls when its connection is open, before the first byte, however many requests it makes: `check`
   * for those that only lead up to the call, `leave` for the call itself. Either throws when the request may not go
   * out.
   */
  departure(): { check: () => Promise<void>; leave: () => Promise<void> } {
    const attempt = this.#attempt;
    const assertCurrent = () => {
      if (attempt !== this.#attempt) throw new HeldBack("the attempt is over");
    };
    const check = () =>
      this.#guarded(attempt, async () => {
        await this.#judgeBy(this.#concrete.factsNow);
        await this.#decide();
        assertCurrent();
        this.assertOpen();
      });
    const leave = () =>
      this.#guarded(attempt, async () => {
        await check();
        this.#hasLeft = true;
        await this.#onLeave(this.passage.effect);
        assertCurrent();
        // Writing that it leaves may have taken long: by now it may be forbidden.
        if (this.#isGated) await check();
        this.#wasTried = true;
      });
    return { check, leave };
  }

  /** Keeps the original error: a fetch wraps what its hook throws. */
  async #guarded(attempt: number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (attempt === this.#attempt) this.#fault ??= error;
      throw error;
    }
  }

  /**
   * Only a call that has counted as read-only so far is judged again: in a replay always, elsewhere before it is made
   * once more. There a server that cannot be asked just now fails the attempt, and not the call.
   */
  async #judgeBy(read: ConcreteCall["factsNow"]): Promise<void> {
    const isOriginal = this.#session.recorded === null;
    if ((isOriginal && !this.#isUnsettled) || this.#judged.mutating || !read) return;
    const facts = await read();
    if (isOriginal && facts.kind === "unchecked")
      throw new StepFailure("tool_http_error", `${this.#name} was not made again: its server could not be asked.`, {
        retryable: true,
      });
    this.#judged = judgeMutability(facts);
  }

  async #decide(): Promise<void> {
    const { mutating, why } = this.#judged;
    const recorded = mutating ? this.#session.recorded : null;
    if (recorded && !this.#original) {
      await this.#call.turn?.come();
      this.#original = recorded.take(this.#identity);
    }
    this.#call.turn?.leave();
    const permission = recorded ? await this.#permission() : null;
    const decision = decideEffect({
      isReplay: this.#session.recorded !== null,
      mutating,
      mutationAllowed: permission?.allowed ?? false,
      recorded: this.#original?.answer ?? null,
    });
    const { recordedFrom } = decision;
    this.#passage = {
      decision,
      effect: {
        verdict: this.#hasLeft ? "live" : decision.verdict,
        mutating,
        why: permission ? `${why}; ${permission.because}` : why,
        grant: permission?.grant?.id ?? null,
        tool: this.#call.tool,
        callSignature: this.#identity.signature,
        againstOriginal: this.#original?.against ?? null,
        recordedFrom:
          recordedFrom && !this.#hasLeft ? { runId: recordedFrom.runId, spanId: recordedFrom.spanId } : null,
      },
    };
  }

  /** What policies and grants say now about this call's node, in the workflow whose run makes the call. */
  #permission(): Promise<MutationDecision> {
    const { nodeId, nodeAllowsMutations: nodeAllows } = this.#call;
    const { workflowId } = this.#session.run;
    return decideMutationNow(database(), this.#session.workspace, { workflowId, nodeId, nodeAllows });
  }
}
