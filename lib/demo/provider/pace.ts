import { setTimeout as sleep } from "node:timers/promises";
import { voiceOf } from "./model-voice.ts";
import { randomOf } from "./random.ts";

/** An answer's waits in milliseconds; all 0 when `speed` is 0. */
export type Pace = { firstEventMs: number; eventMs: number };

/** How long a model of this size takes, times `speed` (1 = lifelike, 0 = at once, 2 = half as fast). */
export function paceOf(model: string, seedText: string, speed: number): Pace {
  const voice = voiceOf(model);
  const [low, high] = voice.firstEventMs;
  return { firstEventMs: randomOf(`pace|${seedText}`).int(low, high) * speed, eventMs: voice.eventMs * speed };
}

/** Waits, or returns at once when the client is gone; never throws. */
export async function pause(ms: number, gone: AbortSignal): Promise<void> {
  if (ms <= 0 || gone.aborted) return;
  await sleep(ms, undefined, { signal: gone }).catch(() => {});
}

/** Waits until the client is gone. */
export async function untilGone(gone: AbortSignal): Promise<void> {
  if (gone.aborted) return;
  await new Promise<void>((resolve) => gone.addEventListener("abort", () => resolve(), { once: true }));
}
