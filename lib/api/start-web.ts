import { followDatabaseClock } from "#/db/clock.ts";
import { ConfigurationError, requireEnv } from "#/lib/core/env.ts";
import { logger } from "#/lib/core/logger.ts";
import { labelAnswers } from "./label-answers.ts";
import { endAllStreams } from "./open-streams.ts";

const longestDrainMs = 24_000;

/**
 * Stops a web process whose configuration is bad, with one line; labels answers; ends event streams on SIGTERM so that it
 * can stop.
 */
export function startWeb(): void {
  try {
    requireEnv([
      "DATABASE_URL",
      "NEXTAUTH_SECRET",
      "NEXTAUTH_URL",
      "REPRISE_MASTER_KEYS",
      "REPRISE_EGRESS_ALLOW",
      "REPRISE_METRICS_TOKEN",
      "REPRISE_TRUSTED_PROXIES",
    ]);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
  followDatabaseClock();
  labelAnswers();
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => {
      logger.info({ signal }, "ending event streams");
      endAllStreams();
      // Next waits for requests in flight; a client that hangs must not keep the process from stopping.
      setTimeout(() => process.exit(0), longestDrainMs).unref();
    });
}
