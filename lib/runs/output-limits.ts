/** Largest output of one step, as JSON text. */
export const maxOutputBytes = 32 * 1024 * 1024;
/** Outputs of all steps of a run together: what it stores, and what whoever reads it has to go through. */
export const maxRunOutputBytes = 256 * 1024 * 1024;
/** What the expressions of one step may read at once. */
export const maxReadBytes = 64 * 1024 * 1024;

const mib = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

/** Why a step may not have this output, in a run whose steps have put out `before`; null = it may. Sizes in bytes. Pure. */
export function outputFault(nodeId: string, bytes: number, before: number): string | null {
  if (bytes > maxOutputBytes)
    return `The output of ${nodeId} has ${mib(bytes)}; a step may put out ${mib(maxOutputBytes)}.`;
  if (before + bytes > maxRunOutputBytes)
    return `With the output of ${nodeId} (${mib(bytes)}) the steps of this run would have put out ${mib(before + bytes)}; a run may put out ${mib(maxRunOutputBytes)}.`;
  return null;
}

/** Why the expressions of a step may not read outputs of this size; null = they may. Pure. */
export function readFault(nodeId: string, bytes: number): string | null {
  return bytes > maxReadBytes
    ? `The expressions of ${nodeId} read outputs of ${mib(bytes)} at once; they may read ${mib(maxReadBytes)}.`
    : null;
}
