/** What the exit code says (product contract, "CLI"). */
export const exitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** The user said no, or a wait took longer than asked. */
  cancelled: 3,
  authentication: 4,
  /** The watched run ended without success. */
  unsuccessful: 5,
  /** By policy or quota. */
  refused: 6,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

const byErrorCode: Record<string, ExitCode> = {
  validation_failed: exitCode.usage,
  unauthenticated: exitCode.authentication,
  forbidden: exitCode.authentication,
  wait_timed_out: exitCode.cancelled,
  replay_quota_exceeded: exitCode.refused,
  replay_depth_exceeded: exitCode.refused,
  too_many_requests: exitCode.refused,
  model_not_available: exitCode.refused,
  provider_blocked: exitCode.refused,
  workflow_paused: exitCode.refused,
  cross_boundary: exitCode.refused,
};

/** The exit code for a service's or the client's error code. */
export function exitCodeFor(errorCode: string): ExitCode {
  return Object.hasOwn(byErrorCode, errorCode) ? (byErrorCode[errorCode] ?? exitCode.failed) : exitCode.failed;
}

/** A failure of the command line's own, with the exit code that it ends with. */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  constructor(exit: ExitCode, message: string) {
    super(message);
    this.exitCode = exit;
  }
}

export function usageError(message: string): CliError {
  return new CliError(exitCode.usage, message);
}
