"use client";

import type { Stale } from "#/components/data/use-live-query.ts";
import { signInPath } from "#/lib/auth/sign-in-address.ts";

/** Leads to the sign-in page, and back from there. */
function signInAgain(): void {
  const { pathname, search } = window.location;
  window.location.assign(signInPath(pathname + search));
}

/** Why a live page is out of date, and what to do. */
export function StaleNote({ stale }: { stale: NonNullable<Stale> }) {
  if (stale === "unanswered") return <>Out of date: the server is not responding. Retrying.</>;
  return (
    <>
      Out of date: your session has ended.{" "}
      <button type="button" onClick={signInAgain} className="rounded-sm underline underline-offset-2">
        Sign in again
      </button>
    </>
  );
}
