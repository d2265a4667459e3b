import { migratedDatabase } from "./prepared-database.ts";
import { runCommand } from "./shutdown.ts";

await runCommand(async () => {
  const { url } = await migratedDatabase();
  const { host, pathname } = new URL(url);
  console.error(`The database ${pathname.slice(1)} at ${host} is at the newest migration.`);
});
