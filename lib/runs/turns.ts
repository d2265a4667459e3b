import type { Turn } from "./concrete-call.ts";

/** Places for things that run side by side and must pass one point in order. */
export function inTurns(count: number): Turn[] {
  let before: Promise<void> = Promise.resolve();
  return Array.from({ length: count }, () => {
    const mine = before;
    let leave = () => {};
    const left = new Promise<void>((resolve) => (leave = resolve));
    before = mine.then(() => left);
    return { come: () => mine, leave };
  });
}
