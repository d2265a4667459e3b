"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

/** What a tick did is there soon after it. */
const soonMs = 2000;
const leastMs = 5000;
const mostMs = 3_600_000;

/** Reads the page again when the next tick was due; null = none is. */
export function useRefreshAfter(tick: string | null): void {
  const router = useRouter();
  useEffect(() => {
    if (tick === null) return;
    const inMs = Date.parse(tick) - Date.now() + soonMs;
    const timer = setTimeout(() => router.refresh(), Math.min(Math.max(inMs, leastMs), mostMs));
    return () => clearTimeout(timer);
  }, [router, tick]);
}
