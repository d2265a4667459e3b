import { setTimeout as sleep } from "node:timers/promises";

type Waiting<In, Out> = { item: In; resolve: (result: Out) => void; reject: (error: unknown) => void };

/**
 * Turns single requests into batches. What is asked for while a batch is under way goes into the next, so nobody waits
 * for a batch to fill, and a busy process needs few batches. `perform` answers in the order of its items, at most
 * `most` of them. A rest of `restMs` after each batch lets more come together while the process is busy. When a batch
 * fails, each of its items is tried alone, so that one cannot fail the others.
 */
export function gather<In, Out>(
  perform: (items: In[]) => Promise<Out[]>,
  most: number,
  restMs = 0,
): (item: In) => Promise<Out> {
  const waiting: Waiting<In, Out>[] = [];
  let isBusy = false;

  const settle = async (batch: Waiting<In, Out>[]): Promise<void> => {
    try {
      const results = await perform(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, at) => resolve(results[at] as Out));
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else await Promise.all(batch.map((one) => settle([one])));
    }
  };
  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      await settle(waiting.splice(0, most));
      if (restMs > 0) await sleep(restMs);
    }
    isBusy = false;
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (isBusy) return;
      isBusy = true;
      // What is asked for in the same turn shares a batch.
      queueMicrotask(() => void work());
    });
}
