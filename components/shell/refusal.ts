import type { ErrorCode, FieldError, Problem } from "#/lib/contract/problem.ts";

/** Why an action did nothing, in words for people: one sentence, and what is wrong with each field. */
export type Refusal = {
  message: string;
  fields: FieldError[];
  requestId: string | null;
  /** Null when the server was not reached. */
  code: ErrorCode | null;
  /** Where in a text the fault is, in UTF-16 units from 0. */
  offset?: number;
};

/** A problem as a form shows it. Where fields are at fault the sentence does not quote the first of them again. Pure. */
export function refusalOf(problem: Problem): Refusal {
  const fields = problem.errors ?? [];
  const isFieldsOnly = problem.code === "validation_failed" && fields.length > 0;
  const offset = problem.details?.["offset"];
  return {
    ...(typeof offset === "number" ? { offset } : {}),
    message: isFieldsOnly ? "Some fields are not valid." : problem.detail,
    fields,
    requestId: problem.status >= 500 ? problem.requestId : null,
    code: problem.code,
  };
}

/**
 * What is wrong with a field or something inside it; `path` starts in the body (`name`, `payload`). Undefined =
 * nothing. Pure.
 */
export function fieldMessage(refusal: Refusal | null, path: string): string | undefined {
  const found = refusal?.fields.find((field) => {
    const own = field.path.replace(/^body\./, "");
    return own === path || own.startsWith(`${path}.`) || own.startsWith(`${path}[`);
  });
  return found?.message;
}
