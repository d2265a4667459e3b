import { CliError, exitCode, exitCodeFor } from "./exit-code.ts";
import { formatDuration } from "./format.ts";
import type { Sink } from "./output.ts";
import { safeText } from "./safe-text.ts";

/** The members of a RepriseError; the SDK is not loaded for an error that does not come from it. */
type ServiceError = Error & {
  code: string;
  requestId: string | null;
  retryAfterMs: number | null;
  errors: { path: string; message: string }[];
};

/** Says on stderr what went wrong, and returns the exit code for it. */
export function reportError(error: unknown, stderr: Sink): number {
  const say = (text: string) => stderr.write(`${safeText(text)}\n`);
  if (isServiceError(error)) {
    say(`error: ${error.message}`);
    for (const field of error.errors) say(`  ${field.path}: ${field.message}`);
    const request = error.requestId === null ? "" : `, request ${error.requestId}`;
    const again = error.retryAfterMs === null ? "" : `, try again in ${formatDuration(error.retryAfterMs)}`;
    say(`  ${error.code}${request}${again}`);
    return exitCodeFor(error.code);
  }
  if (error instanceof CliError) {
    say(`error: ${error.message}`);
    return error.exitCode;
  }
  say(`error: ${error instanceof Error ? error.message : String(error)}`);
  if (process.env.REPRISE_DEBUG && error instanceof Error) stderr.write(`${error.stack ?? ""}\n`);
  return exitCode.failed;
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && error.name === "RepriseError";
}
