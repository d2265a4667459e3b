import type { Json } from "#/lib/contract/json.ts";

/**
 * The least that a value counts for in the size of an output. Text of many small values is many times larger in memory,
 * and everything that looks at it takes time for each value.
 */
const bytesOfValue = 32;

/** Largest output of one step. `outputSize` measures all sizes of outputs. */
export const maxOutputBytes = 32 * 1024 * 1024;
/** Outputs of all steps of a run together: what the run stores, and what a reader has to go through. */
export const maxRunOutputBytes = 256 * 1024 * 1024;
/** What the expressions of one step may read at once. */
export const maxReadBytes = 64 * 1024 * 1024;
/** Largest input of a span that its trace shows, as JSON text. */
export const maxInputBytes = 32 * 1024 * 1024;
/** How much of its calls' results the model of an agent is shown, in one conversation. */
export const maxShownBytes = 8 * 1024 * 1024;
/** How much it may answer in one conversation before it ends. */
export const maxSaidBytes = 8 * 1024 * 1024;

/** More values than this are more than the largest output and the largest input may have. */
export const maxValues = maxOutputBytes / bytesOfValue;

const mib = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
/** With a comma before each three digits. The first `toLocaleString` of a process loads its tables: 45 ms of each start. */
const grouped = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");
const most = (bytes: number) => `${mib(bytes)}, or ${grouped(bytes / bytesOfValue)} values`;

/** The size of an output: its bytes as JSON text, or what its values count for where that is more. Pure. */
export function outputSize(bytes: number, values: number): number {
  return Math.max(bytes, values * bytesOfValue);
}

/** Why a step may not have an output of more than `maxValues`. Pure. */
export function valuesFault(nodeId: string): string {
  return `The output of ${nodeId} has too many values; a step may put out ${most(maxOutputBytes)}.`;
}

/** What a trace shows in place of an input of more than `maxValues`. */
export const manyValuesMark = `[not kept: too many values; a trace shows inputs of up to ${most(maxInputBytes)}]`;

/** Why a step may not have this output, in a run that has put out `before`; null = it may. Sizes in bytes. Pure. */
export function outputFault(nodeId: string, bytes: number, before: number): string | null {
  if (bytes > maxOutputBytes)
    return `The output of ${nodeId} has ${mib(bytes)}; a step may put out ${most(maxOutputBytes)}.`;
  if (before + bytes > maxRunOutputBytes)
    return `With the output of ${nodeId} (${mib(bytes)}) the steps of this run would have put out ${mib(before + bytes)}; a run may put out ${most(maxRunOutputBytes)}.`;
  return null;
}

/** The most spans that a run has when another begins: whoever reads, continues or replays a run holds all of its rows. */
const maxSpans = 100_000;

/** Why nothing more of a step may begin in a run of so many spans; null = it may. Pure. */
export function spansFault(nodeId: string, spans: number): string | null {
  if (spans < maxSpans) return null;
  return `Before ${nodeId} was done the run had ${grouped(maxSpans)} spans, the most that a run may have.`;
}

/** Why the expressions of a step may not read outputs of this size; null = they may. Pure. */
export function readFault(nodeId: string, bytes: number): string | null {
  return bytes > maxReadBytes
    ? `The expressions of ${nodeId} read outputs of ${mib(bytes)} at once; they may read ${most(maxReadBytes)}.`
    : null;
}

/**
 * An input as the trace keeps it, both as JSON text. One that is too large is replaced as a whole and never fails its
 * step: a call that has left must be recorded. Pure.
 */
export function keptInput(text: string): string {
  const bytes = Buffer.byteLength(text);
  return bytes > maxInputBytes
    ? JSON.stringify(`${cutMark}${mib(bytes)}; a trace shows inputs of up to ${most(maxInputBytes)}]`)
    : text;
}

const cutMark = "[not kept: ";

/** Whether this stands in place of an input that was too large to be kept. */
export function isCutInput(input: Json): boolean {
  return typeof input === "string" && input.startsWith(cutMark);
}

/**
 * Which results of one answer's calls the model is shown, when it was shown `before` already. A result larger than what
 * is left is not shown, nor is any after those that fill it, so it does not matter which call ends first. Sizes in
 * bytes; null = the call has not ended. A result that is not shown now will not be shown when others have ended. Pure.
 */
export function shownResults(sizes: readonly (number | null)[], before: number): boolean[] {
  const room = maxShownBytes - before;
  let sum = 0;
  return sizes.map((bytes) => {
    if (bytes === null || bytes > room) return false;
    sum += bytes;
    return sum <= room;
  });
}

/** What the model gets in place of a result that it is not shown. Pure. */
export function notShown(bytes: number): string {
  return `The call has ended. Its result (${mib(bytes)}) is not shown: results may have ${most(maxShownBytes)}, in one conversation. Do not call again for the same.`;
}

/** Why a conversation may not go on after answers of this size; null = it may. Pure. */
export function saidFault(nodeId: string, bytes: number): string | null {
  return bytes > maxSaidBytes
    ? `The model of ${nodeId} has answered ${mib(bytes)}; in one conversation it may answer ${most(maxSaidBytes)}.`
    : null;
}
