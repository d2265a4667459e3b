import { notFound } from "next/navigation";
import { DomainError } from "#/lib/core/errors.ts";

/** For `.catch()` on a page's verb: an unknown id shows the not-found page, everything else stays an error. */
export function orNotFound(error: unknown): never {
  if (error instanceof DomainError && error.code === "not_found") notFound();
  throw error;
}
