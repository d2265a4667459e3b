import pino from "pino";
import { env } from "./env.ts";

/** Structured logs, JSON lines on stdout. Never log bodies, headers or variables: ids and counts only. */
export const logger = pino({
  level: env("REPRISE_LOG_LEVEL"),
  base: { pid: process.pid },
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: { paths: ["*.authorization", "*.cookie", "*.apiKey", "*.secret", "*.password"], censor: "[redacted]" },
});
export type Logger = pino.Logger;
