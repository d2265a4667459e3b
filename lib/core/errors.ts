import type { ErrorCode, FieldError } from "#/lib/contract/problem.ts";

/**
 * The one error that domain code throws. `message` and `details` are public (they reach clients); `cause` is only logged.
 */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly details: Record<string, unknown> | undefined;
  readonly fields: FieldError[] | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: Record<string, unknown>; fields?: FieldError[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "DomainError";
    this.code = code;
    this.details = options.details;
    this.fields = options.fields;
  }
}

/** The answer for an id that does not exist, or exists in another tenant: the two must look the same. */
export function notFound(what: string): DomainError {
  return new DomainError("not_found", `${what} not found`);
}

/** Well-formed by the schema but wrong in one field; `path` as in FieldError. */
export function invalidField(path: string, message: string): DomainError {
  return new DomainError("validation_failed", message, { fields: [{ path, message }] });
}

/** The first field that an error names, as one line (`output.id: …`); rethrows any other error. */
export function fieldFault(error: unknown): string {
  const [field] = error instanceof DomainError ? (error.fields ?? []) : [];
  if (!field) throw error;
  return `${field.path}: ${field.message}`;
}
