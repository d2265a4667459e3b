import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { homeSubdirectory, repository } from "./paths.ts";
import { identityOf, signal, type ProcessIdentity } from "./process-identity.ts";

const rotateBytes = 10_000_000;

export type BackgroundOptions = {
  /** Names the log file and the process in messages. */
  name: string;
  /** A Node script (a path in the checkout) and its arguments. */
  script: string;
  args?: string[];
  /** Flags of Node. */
  flags?: readonly string[];
  env: NodeJS.ProcessEnv;
  logDirectory: string;
};

export type Exit = {
  code: number | null;
  signal: NodeJS.Signals | null;
};

export type BackgroundProcess = {
  name: string;
  script: string;
  pid: number;
  /** Null if the process ended before it could be looked at. */
  identity: ProcessIdentity | null;
  logFile: string;
  /** Resolves when the process has ended, however it did. */
  exited: Promise<Exit>;
  hasExited(): boolean;
  /** SIGTERM, and SIGKILL to what is left after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
  /** What the process has written since it started. */
  log(): string;
};

/**
 * Starts a process of ours whose output goes to `<logDirectory>/<name>.log`. It leads a process group of its own, so
 * that a Ctrl-C in the terminal reaches only the launcher, which then ends its processes in order.
 */
export function startBackground(options: BackgroundOptions): BackgroundProcess {
  const { name, script, args = [], flags = [], env, logDirectory } = options;
  const logFile = join(logDirectory, `${name}.log`);
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > rotateBytes) renameSync(logFile, `${logFile}.old`);
  const log = openSync(logFile, "a");
  const logStart = statSync(logFile).size;
  const child = spawn(process.execPath, [...flags, script, ...args], {
    cwd: repository,
    // Compiled code, TypeScript included, is kept for the next start: this saves a third of a worker's start.
    env: { NODE_COMPILE_CACHE: homeSubdirectory("compile-cache"), ...env },
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const exited = new Promise<Exit>((resolve) => {
    child.once("error", () => resolve({ code: 127, signal: null }));
    child.once("exit", (code, signalName) => resolve({ code, signal: signalName }));
  });
  let ended = false;
  void exited.then(() => (ended = true));
  const pid = child.pid ?? -1;
  return {
    name,
    script,
    pid,
    identity: pid > 0 ? identityOf(pid) : null,
    logFile,
    exited,
    hasExited: () => ended,
    stop: (graceMs = 10_000) => stopGroup(pid, exited, graceMs),
    log: () => readFileSync(logFile).subarray(logStart).toString("utf8"),
  };
}

async function stopGroup(pid: number, exited: Promise<Exit>, graceMs: number): Promise<void> {
  if (pid <= 0) return;
  signal(pid, "SIGTERM");
  const inTime = await Promise.race([exited.then(() => true), sleep(graceMs, false, { ref: false })]);
  // Also takes what the process itself may have left in its group.
  signal(-pid, "SIGKILL");
  if (!inTime) await exited;
}

/**
 * Waits for the line `listening <url>` that our servers print when they are ready.
 * @throws {Error} with the last log lines when the process ends, or is not ready in time
 */
export async function listeningUrl(process: BackgroundProcess, timeoutMs = 30_000): Promise<string> {
  return waitFor(process, timeoutMs, () => /^listening (\S+)$/m.exec(process.log())?.[1] ?? null);
}

/** Waits until the probe gives a value; fails when the process ends first. */
export async function waitFor<T>(
  process: BackgroundProcess,
  timeoutMs: number,
  probe: () => Promise<T | null> | T | null,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== null) return value;
    if (process.hasExited())
      throw new Error(`${process.name} ended (${describeExit(await process.exited)})\n${tail(process)}`);
    if (Date.now() > deadline)
      throw new Error(`${process.name} was not ready within ${timeoutMs / 1000} s\n${tail(process)}`);
    await sleep(30);
  }
}

export function describeExit({ code, signal: name }: Exit): string {
  return name ? `killed by ${name}` : `exit code ${code}`;
}

/** The last lines a process has written, indented for a message. */
export function tail(process: BackgroundProcess, lines = 12): string {
  const text = process.log().trimEnd();
  const last = text ? text.split("\n").slice(-lines) : ["(it wrote nothing)"];
  return [...last.map((line) => `  | ${line}`), `  log: ${process.logFile}`].join("\n");
}
