import { afterAll, beforeAll } from "vitest";
import { startOrders } from "#/lib/demo/orders/server.ts";
import { startProvider } from "#/lib/demo/provider/server.ts";
import { putVariables } from "#/lib/tenancy/variables.ts";
import { startWorker } from "./engine.ts";
import { ownDatabase } from "./own-database.ts";
import { createTenant, type Tenant } from "./tenants.ts";

type Orders = Awaited<ReturnType<typeof startOrders>>;
type Variables = Parameters<typeof putVariables>[2]["variables"];

/**
 * For the tests of this file: a database, the demo's order service and provider, a worker in this process, and a
 * workspace whose workflows find the service at `env.ORDERS_URL`. What it returns is ready once the tests begin.
 */
export function ordersStage(variables: Variables = {}): { readonly orders: Orders; readonly tenant: Tenant } {
  ownDatabase();
  const stage: { orders?: Orders; tenant?: Tenant } = {};
  const ends: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    const orders = await startOrders();
    ends.push(() => orders.close());
    const provider = await startProvider({ speed: 0 });
    ends.push(() => provider.close());
    process.env["REPRISE_EGRESS_ALLOW"] = new URL(orders.url).host;
    process.env["ANTHROPIC_API_KEY"] = "test";
    process.env["ANTHROPIC_BASE_URL"] = provider.url;
    const worker = await startWorker();
    ends.push(() => worker.stop());
    const tenant = await createTenant();
    await putVariables(tenant.system, "production", { variables: { ORDERS_URL: orders.url, ...variables } });
    Object.assign(stage, { orders, tenant });
  });
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });
  return stage as Required<typeof stage>;
}
