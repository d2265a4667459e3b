import { announce, portFromEnv } from "#/lib/demo/json-http.ts";
import { startOrders } from "./server.ts";

/** The demo order service as a process: PORT (0 = any free one), DEMO_ORDERS_FILE (keeps what was booked; memory only). */
announce(await startOrders({ port: portFromEnv(process.env.PORT), file: process.env.DEMO_ORDERS_FILE || null }));
