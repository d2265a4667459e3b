import { startTestServer } from "./database.ts";
import { startStack } from "./processes.ts";

/**
 * Playwright: one web, one worker, offline provider and order service over a fresh database for the whole run. Tests
 * find them by `REPRISE_E2E_*`.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const stopServer = await startTestServer();
  try {
    const stack = await startStack({ webs: 1, workers: 1, providerSpeed: 0.2 });
    Object.assign(process.env, {
      REPRISE_E2E_URL: stack.baseUrls[0],
      REPRISE_E2E_PROVIDER_URL: stack.providerUrl,
      REPRISE_E2E_ORDERS_URL: stack.ordersUrl,
      REPRISE_E2E_DATABASE_URL: stack.databaseUrl,
      REPRISE_E2E_ENVIRONMENT: JSON.stringify(stack.env),
    });
    return async () => {
      await stack.stop();
      await stopServer();
    };
  } catch (error) {
    await stopServer();
    throw error;
  }
}
