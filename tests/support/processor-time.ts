/**
 * Processor time in ms that this thread spends while the work lasts: as long on a busy machine as on an idle one. Threads
 * that the work starts have their own.
 */
export async function processorMs(work: () => unknown): Promise<number> {
  const before = process.threadCpuUsage();
  const done = work();
  if (done instanceof Promise) await done;
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
