import { processEnvironment } from "./environment.ts";
import { runNode } from "./foreground.ts";
import { databaseForServing } from "./prepared-database.ts";
import { serverFlags } from "./server-flags.ts";
import { runCommand } from "./shutdown.ts";

await runCommand(async () => {
  const { servingUrl } = await databaseForServing();
  const env = await processEnvironment({ databaseUrl: servingUrl, useGeneratedSecrets: !process.env.DATABASE_URL });
  return (await runNode("lib/worker/main.ts", process.argv.slice(2), { env, flags: serverFlags })).code;
});
