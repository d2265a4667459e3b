import cronstrue from "cronstrue";

/** A cron expression as a sentence, `At 09:00, Monday through Friday`; null for what the library cannot say. Pure. */
export function cronWords(cron: string): string | null {
  try {
    return cronstrue.toString(cron.trim(), { use24HourTimeFormat: true });
  } catch {
    return null;
  }
}
