/** Wall time of this process. Limits that must be exact use database time instead. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };
