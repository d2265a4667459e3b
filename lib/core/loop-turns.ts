import { RoundRobin } from "./round-robin.ts";

/**
 * How long, in ms, work that comes through here holds the event loop in one turn, besides the piece that reaches it. Short:
 * a request of somebody else comes back to the loop ten times and more, and may wait for a turn each time.
 */
const turnMs = 4;

const waiting = new RoundRobin<() => void>();
let spentMs = 0;
let isNextTurnDue = false;

/**
 * Does a piece of work whose length a tenant decides: at once, or, when such work has held the event loop for 4 ms, in
 * a later turn, so that everything else is served in between. Tenants (`owner`) take turns, however much one has
 * waiting. A piece is not interrupted, so it needs a bound of its own. Rejects with what the work throws.
 */
export function inTurn<T>(owner: string, work: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const piece = () => {
      try {
        resolve(work());
      } catch (error) {
        reject(error);
      }
    };
    if (isNextTurnDue) waiting.push(owner, piece);
    else spend(piece);
  });
}

/**
 * Does work that is too long for one piece, and stops where it may be interrupted (`yield`), as several. Resolves to
 * what it returns.
 */
export async function inPieces<T>(owner: string, work: Generator<void, T>): Promise<T> {
  for (;;) {
    const piece = await inTurn(owner, () => work.next());
    if (piece.done) return piece.value;
  }
}

/** The same at once. */
export function inOnePiece<T>(work: Generator<void, T>): T {
  for (;;) {
    const piece = work.next();
    if (piece.done) return piece.value;
  }
}

function spend(piece: () => void): void {
  const began = performance.now();
  piece();
  spentMs += performance.now() - began;
  if (spentMs >= turnMs && !isNextTurnDue) {
    isNextTurnDue = true;
    setImmediate(beginTurn);
  }
}

function beginTurn(): void {
  spentMs = 0;
  isNextTurnDue = false;
  while (!isNextTurnDue) {
    const piece = waiting.shift();
    if (!piece) return;
    spend(piece);
  }
}

/**
 * How many bytes of streams are passed on in one turn: what reads them may take some 150 ns for each, and does so in
 * microtasks, which nothing else comes between.
 */
export const turnBytes = 16 * 1024;

const streams = new RoundRobin<{ bytes: number; pass: () => void }>();
let passedBytes = 0;
let isNextPassDue = false;

/**
 * Resolves when the next `bytes` (at most `turnBytes`) of a stream that a tenant (`owner`) chooses may be handed to its
 * reader: at once, or, when this turn of the event loop has seen enough of them, in a later turn. Tenants take turns.
 */
export function turnForBytes(owner: string, bytes: number): Promise<void> {
  if (passedBytes >= turnBytes) return new Promise((pass) => streams.push(owner, { bytes, pass }));
  countPassed(bytes);
  return Promise.resolve();
}

function countPassed(bytes: number): void {
  passedBytes += bytes;
  if (!isNextPassDue) setImmediate(passOn);
  isNextPassDue = true;
}

function passOn(): void {
  passedBytes = 0;
  isNextPassDue = false;
  while (passedBytes < turnBytes) {
    const next = streams.shift();
    if (!next) return;
    countPassed(next.bytes);
    next.pass();
  }
}
