/** What goes wrong inside an expression; `expression.ts` turns it into a DomainError that quotes the expression. */
export class CelFault extends Error {
  /** Zero-based offset in the expression, when known. */
  position: number | undefined;

  constructor(message: string, position?: number) {
    super(message);
    this.position = position;
  }
}

/** A limit was reached. Unlike a CelFault it is never absorbed by `&&`, `||`, `all` or `exists`. */
export class CelLimit extends Error {}

/** Elementary steps one evaluation may take, thousands of times what a mapping needs. */
const maxSteps = 1_000_000;
/** Longest text that an expression may build, and largest JSON that it may return (characters). */
const maxResultSize = 10 * 1024 * 1024;

/** Counts the work of one evaluation, or of several together, so that no expression can block the process. */
export class Budget {
  readonly #steps: number;
  #stepsLeft: number;
  #sizeLeft: number;
  /** The budget whose steps are used, where several expressions share them. */
  #all: Budget | null = null;

  /** The default limits are those of one expression. */
  constructor(limits: { steps?: number; size?: number } = {}) {
    this.#steps = limits.steps ?? maxSteps;
    this.#stepsLeft = this.#steps;
    this.#sizeLeft = limits.size ?? maxResultSize;
  }

  /** Steps that were charged so far. */
  get used(): number {
    return this.#steps - this.#stepsLeft;
  }

  /** Throws CelLimit when the evaluation has used up its steps. */
  charge(steps: number): void {
    if (this.#all !== null) return this.#all.charge(steps);
    this.#stepsLeft -= steps;
    if (this.#stepsLeft < 0) throw new CelLimit(`it takes more than ${this.#steps} steps`);
  }

  /** A budget for one of several expressions that share the steps; the size of its result is counted separately. */
  forOne(): Budget {
    const one = new Budget();
    one.#all = this.#all ?? this;
    return one;
  }

  /** Charges for a fault that is absorbed: making an error costs far more than a step. */
  chargeFault(): void {
    this.charge(100);
  }

  /** Charges for reading or writing a text of this length. */
  chargeText(length: number): void {
    if (length > maxResultSize) throw new CelLimit("it builds a text over 10 MiB");
    this.charge(1 + (length >> 5));
  }

  /** Counts characters of the result. */
  chargeResult(size: number): void {
    this.#sizeLeft -= size;
    if (this.#sizeLeft < 0) throw new CelLimit("its result is over 10 MiB");
  }
}
