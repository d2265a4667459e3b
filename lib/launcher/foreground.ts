import { spawn } from "node:child_process";
import { repository } from "./paths.ts";
import { shutdownSignal } from "./shutdown.ts";

export type ForegroundOptions = {
  /** Flags of Node. */
  flags?: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** Where the output goes: ours (default), our stderr only, or nowhere but the returned text. */
  output?: "inherit" | "stderr" | "capture";
  /** Holds the output back until this settles, then prints it as it comes: for a process that runs beside another. */
  printAfter?: Promise<unknown>;
  /** The signal that ends the child, for one that cleans up only on this signal; by default the one that ended us. */
  endWith?: "SIGINT";
};

export type ForegroundResult = {
  code: number;
  /** stdout and stderr together, only with `output: "capture"`. */
  output: string;
};

/** Runs a Node script (a path in the checkout) to its end, and passes on requests to end. */
export function runNode(script: string, args: string[], options: ForegroundOptions = {}): Promise<ForegroundResult> {
  const shutdown = shutdownSignal();
  const { printAfter, output = "inherit", flags = [] } = options;
  const stdio = { inherit: "inherit", stderr: ["inherit", 2, 2], capture: ["ignore", "pipe", "pipe"] } as const;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...flags, script, ...args], {
      cwd: repository,
      env: options.env ?? process.env,
      stdio: stdio[printAfter ? "capture" : output] as "inherit",
    });
    const chunks: Buffer[] = [];
    let keep = (chunk: Buffer) => void chunks.push(chunk);
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => keep(chunk));
    const print = () => {
      keep = (chunk) => void process.stdout.write(chunk);
      for (const chunk of chunks.splice(0)) keep(chunk);
    };
    const printing = printAfter?.then(print, print);
    const end = () => child.kill(options.endWith ?? (shutdown.reason === "SIGINT" ? "SIGINT" : "SIGTERM"));
    shutdown.addEventListener("abort", end, { once: true });
    if (shutdown.aborted) end();
    child.once("error", reject);
    child.once("close", async (code, signal) => {
      shutdown.removeEventListener("abort", end);
      await printing;
      resolve({ code: code ?? (signal === "SIGINT" ? 130 : 143), output: Buffer.concat(chunks).toString("utf8") });
    });
  });
}
