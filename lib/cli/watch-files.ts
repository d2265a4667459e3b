import { watch } from "node:fs";
import { basename, dirname, resolve } from "node:path";

/** Editors write a file in several steps, or put a new one in its place: what happens within this time is one save. */
const settleMs = 100;

/**
 * Calls `onSave` with each file's path now and after each of its saves, one at a time. Watches the folders and not the files,
 * since a watch on a file ends when an editor replaces it. Rejects when a folder cannot be watched, or when `onSave` does.
 */
export function watchFiles(files: string[], onSave: (file: string) => Promise<void>): Promise<never> {
  return new Promise((_, reject) => {
    let working = Promise.resolve();
    const enqueue = (file: string) => {
      working = working.then(() => onSave(file));
      working.catch(reject);
    };
    const timers = new Map<string, NodeJS.Timeout>();
    const saved = (file: string) => {
      clearTimeout(timers.get(file));
      timers.set(
        file,
        setTimeout(() => enqueue(file), settleMs),
      );
    };
    for (const folder of new Set(files.map((file) => dirname(resolve(file))))) {
      const inFolder = files.filter((file) => dirname(resolve(file)) === folder);
      watch(folder, (_event, name) => {
        for (const file of inFolder) if (name === null || name === basename(file)) saved(file);
      }).on("error", reject);
    }
    for (const file of files) enqueue(file);
  });
}
