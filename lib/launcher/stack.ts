import { listeningUrl, startBackground, waitFor, type BackgroundProcess } from "./background-process.ts";
import { onFreePort } from "./free-port.ts";
import { nextProgram } from "./next-build.ts";
import { serverFlags } from "./server-flags.ts";

export type ProcessContext = {
  env: NodeJS.ProcessEnv;
  logDirectory: string;
};

export type Server = {
  process: BackgroundProcess;
  url: string;
  /** Restarts it at the same address after it has ended. */
  restart: () => BackgroundProcess;
};

const probeTimeoutMs = 5_000;

/** Starts one of the demo's own servers (`provider`, `orders`) on the first free port from `firstPort` on. */
export async function startDemoServer(
  name: "provider" | "orders",
  firstPort: number,
  context: ProcessContext,
): Promise<Server> {
  return onFreePort(firstPort, async (port) => {
    const env = { ...context.env, PORT: String(port) };
    const { logDirectory } = context;
    const start = () => startBackground({ name, script: `lib/demo/${name}/main.ts`, env, logDirectory });
    const process = start();
    try {
      return { process, url: await listeningUrl(process), restart: start };
    } catch (error) {
      await process.stop();
      throw error;
    }
  });
}

export function startWorker(context: ProcessContext, name = "worker"): BackgroundProcess {
  return startBackground({ name, script: "lib/worker/main.ts", flags: serverFlags, ...context });
}

/** Serves the built pages on a port that the caller has found free. */
export function startWeb(port: number, context: ProcessContext, name = "web"): BackgroundProcess {
  return startBackground({
    name,
    script: nextProgram(),
    args: ["start", "-H", "127.0.0.1", "-p", String(port)],
    flags: serverFlags,
    ...context,
  });
}

/** Waits until the web process answers its probe and serves the sign-in page. */
export async function webIsReady(web: BackgroundProcess, url: string, timeoutMs = 60_000): Promise<void> {
  await waitFor(web, timeoutMs, async () => ((await answersOk(`${url}/api/health/live`)) ? true : null));
  await waitFor(web, timeoutMs, async () => ((await answersOk(`${url}/login`)) ? true : null));
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(probeTimeoutMs) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
