import { configuredPort, processEnvironment } from "./environment.ts";
import { runNode } from "./foreground.ts";
import { isPortFree } from "./free-port.ts";
import { isBuilt, nextProgram } from "./next-build.ts";
import { databaseForServing } from "./prepared-database.ts";
import { serverFlags } from "./server-flags.ts";
import { runCommand } from "./shutdown.ts";

await runCommand(async () => {
  if (!isBuilt()) throw new Error("There is no build to serve: run `npm run build` first.");
  const port = configuredPort();
  if (!(await isPortFree(port))) throw new Error(`PORT ${port} is in use: choose another with the variable PORT.`);
  const { servingUrl } = await databaseForServing();
  const env = await processEnvironment({
    databaseUrl: servingUrl,
    webUrl: `http://localhost:${port}`,
    useGeneratedSecrets: !process.env.DATABASE_URL,
  });
  return (
    await runNode(nextProgram(), ["start", "-p", String(port), ...process.argv.slice(2)], { env, flags: serverFlags })
  ).code;
});
