// Prints the address of this installation's database, starting the embedded server if it does not run.
import { ensureDatabase } from "./postgres.ts";

process.stdout.write(`${(await ensureDatabase()).url}\n`);
