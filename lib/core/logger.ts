import pino from "pino";
import { env } from "./env.ts";
import { logContext } from "./log-context.ts";
import { loggable } from "./loggable.ts";
import { prettyLine } from "./pretty-log.ts";

/**
 * Structured logs on stdout: JSON lines, or readable ones in a terminal (REPRISE_LOG_FORMAT). Each carries requestId,
 * workspaceId and runId where they are known. Never log bodies, headers or variables: ids and counts only; errors go
 * under `err`, which keeps no parameters.
 */
export const logger = makeLogger(destination());

/** A logger to somewhere else, for tests; the same in everything but its destination. */
export function makeLogger(to: pino.DestinationStream): pino.Logger {
  return pino(
    {
      level: env("REPRISE_LOG_LEVEL"),
      base: { pid: process.pid },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: () => ({ ...logContext() }),
      serializers: {
        err: (error) => loggable(error),
        error: (error) => (error instanceof Error ? loggable(error) : error),
      },
      redact: {
        paths: ["authorization", "cookie", "apiKey", "secret", "password"].flatMap((name) => [name, `*.${name}`]),
        censor: "[redacted]",
      },
    },
    to,
  );
}

function destination(): pino.DestinationStream {
  const isPretty = (env("REPRISE_LOG_FORMAT") ?? (process.stdout.isTTY ? "pretty" : "json")) === "pretty";
  if (!isPretty) return pino.destination({ fd: 1, sync: true });
  const colour = process.stdout.isTTY && !process.env.NO_COLOR;
  return { write: (line) => process.stdout.write(prettyLine(line, colour)) };
}
