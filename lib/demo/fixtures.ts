import { parseArgs } from "node:util";
import { closeDatabase } from "#/db/client.ts";
import { makeTwoAccounts } from "./two-accounts.ts";

/** `npm run seed -- --fixture two-accounts --json`: prints what it made as JSON on stdout, and nothing else there. */
const fixtures: Record<string, () => Promise<unknown>> = { "two-accounts": makeTwoAccounts };

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { fixture: { type: "string", default: "two-accounts" }, json: { type: "boolean", default: false } },
  });
  const make = fixtures[values.fixture];
  if (!make) {
    console.error(`unknown fixture ${values.fixture}; there is: ${Object.keys(fixtures).join(", ")}`);
    return 2;
  }
  try {
    const made = await make();
    process.stdout.write(`${JSON.stringify(made, null, values.json ? undefined : 2)}\n`);
    return 0;
  } finally {
    await closeDatabase();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});
