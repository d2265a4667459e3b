import { stopEmbeddedDatabase } from "./postgres.ts";
import { runCommand } from "./shutdown.ts";

await runCommand(async () => {
  const stopped = await stopEmbeddedDatabase();
  console.error(stopped ? "The embedded PostgreSQL has stopped." : "The embedded PostgreSQL was not running.");
});
