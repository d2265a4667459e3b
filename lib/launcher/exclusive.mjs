// Plain JavaScript: the bootstrap needs it before anything is installed.
import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs an action while no other process on this machine runs one under the same name.
 *
 * The lock is a listening socket in Linux's abstract namespace: the kernel grants it to one process and
 * takes it back when that process ends, however it ends, so a lock can never be left behind.
 *
 * @template T
 * @param {string} name what is guarded, usually an absolute path and a purpose
 * @param {() => Promise<T> | T} action
 * @param {{ timeoutMs?: number, onWait?: () => void, busy?: () => string }} [options] `onWait` is called once if somebody
 *   else holds it; `busy` words the error
 * @returns {Promise<T>} what the action returns
 * @throws {Error} when the lock was not free within `timeoutMs` (10 minutes)
 */
export async function exclusively(name, action, { timeoutMs = 600_000, onWait, busy } = {}) {
  const path = `\0reprise-${createHash("sha256").update(name).digest("hex").slice(0, 40)}`;
  const deadline = Date.now() + timeoutMs;
  let lock = await tryLock(path);
  if (!lock) onWait?.();
  while (!lock) {
    if (Date.now() > deadline)
      throw new Error(busy?.() ?? `another process has held the lock for "${name}" for too long`);
    await sleep(25);
    lock = await tryLock(path);
  }
  try {
    return await action();
  } finally {
    await new Promise((done) => lock.close(done));
  }
}

/** @param {string} path @returns {Promise<import("node:net").Server | null>} null when somebody else has it */
function tryLock(path) {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error) => {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === "EADDRINUSE") resolve(null);
      else reject(error);
    });
    server.listen({ path }, () => {
      server.unref();
      resolve(server);
    });
  });
}
