import { cn } from "./class-names.ts";

/** A grey stand-in of the size of what is loading. Wrap a group of them in one element with `role="status"`. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn("block h-3 animate-pulse-soft rounded-sm bg-line", className)} />;
}
