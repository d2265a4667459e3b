import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { CliError, exitCode, usageError } from "./exit-code.ts";

/** False when `-y` said yes already. Without a terminal nobody can be asked: that is a usage error. */
export function mustAsk(yes: boolean): boolean {
  if (yes) return false;
  if (process.stdin.isTTY) return true;
  throw usageError("Filters choose the runs, and there is no terminal to ask at: pass -y to confirm.");
}

/** Continues when the user says yes. */
export async function confirm(question: string): Promise<void> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await answerOf(lines.question(`${question} [y/N] `), lines);
  if (!/^y(es)?$/i.test(answer.trim())) throw cancelled();
}

/** A line typed without echo, or all of stdin when it is not a terminal. */
export async function readSecret(prompt: string): Promise<string> {
  if (!process.stdin.isTTY) return (await readStdin()).trim();
  process.stderr.write(prompt);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const secret = await answerOf(lines.question(""), lines);
  process.stderr.write("\n");
  return secret.trim();
}

/** All of stdin as UTF-8 text. */
async function readStdin(): Promise<string> {
  return decodeUtf8(await readStdinBytes(), "stdin");
}

export async function readStdinBytes(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** Text exactly as its bytes say, a byte order mark included; anything but UTF-8 is a usage error. */
export function decodeUtf8(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw usageError(`${name} is not UTF-8 text`);
  }
}

/** Ctrl-C and Ctrl-D end the question. */
async function answerOf(
  asked: Promise<string>,
  lines: { once(name: "close", then: () => void): unknown; close(): void },
) {
  const closed = new Promise<never>((_, reject) => lines.once("close", () => reject(cancelled())));
  try {
    return await Promise.race([asked, closed]);
  } finally {
    closed.catch(() => {});
    lines.close();
  }
}

function cancelled(): CliError {
  return new CliError(exitCode.cancelled, "Cancelled.");
}
