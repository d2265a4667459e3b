import { announce, portFromEnv } from "#/lib/demo/json-http.ts";
import { startProvider } from "./server.ts";

/** The offline provider as a process: PORT (0 = any free one), DEMO_PROVIDER_SPEED (factor on all waits; 1, 0 = none). */
const speed = Number(process.env.DEMO_PROVIDER_SPEED ?? 1);
if (!Number.isFinite(speed) || speed < 0) throw new Error("DEMO_PROVIDER_SPEED must be a number from 0");
announce(await startProvider({ port: portFromEnv(process.env.PORT), speed }));
