import { formatCount } from "./format.ts";

/** The most rows that a page lists of what comes whole: the server makes the page at once. */
export const mostRows = 500;

/** Says how many rows a page leaves out; nothing when there are none. */
export function NotListed({ count }: { count: number }) {
  if (count <= 0) return null;
  return (
    <p className="px-3 py-2 text-sm text-ink-muted md:px-4">
      {formatCount(count)} more {count === 1 ? "is" : "are"} not listed here. The API lists all.
    </p>
  );
}
