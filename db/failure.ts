/** The SQLSTATE or driver code of a failed query, found through the wrappers that drizzle and our own errors add; else null. */
export function failureCode(error: unknown): string | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    const code = (at as { code?: unknown }).code;
    if (typeof code === "string" && /^[0-9A-Z]{5}$|^(CONNECT|E)[A-Z_]+$/.test(code)) return code;
    if (at instanceof AggregateError && at.errors.length > 0) return failureCode(at.errors[0]);
  }
  return null;
}

/** Connection failures, a session that idled in its transaction, a server that starts or stops, deadlocks: a retry may succeed. */
const transientCodes =
  /^(CONNECT(ION)?_[A-Z_]+|ECONN[A-Z]+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|08...|25P03|57P0[1-5]|53300|40001|40P01|55P03)$/;

/** True when the database was unavailable, as opposed to a fault in the query. */
export function isTransientFailure(error: unknown): boolean {
  const code = failureCode(error);
  return code !== null && transientCodes.test(code);
}
