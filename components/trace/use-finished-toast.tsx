"use client";

import { Link } from "#/components/ui/link.tsx";
import { useEffect, useRef } from "react";
import { toast } from "sonner";
import { statusLabel } from "#/components/runs/run-words.ts";
import { buttonClass } from "#/components/ui/button.tsx";
import type { Run } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";

/** A replay that ends while it is being watched offers the comparison with its original at once. */
export function useFinishedToast(run: Run, compare: string | null): void {
  const wasLive = useRef(!isFinal(run.status));
  const { id, status } = run;
  useEffect(() => {
    const isLive = !isFinal(status);
    const hasJustEnded = wasLive.current && !isLive;
    wasLive.current = isLive;
    if (!hasJustEnded || compare === null) return;
    const say = status === "completed" ? toast.success : toast.message;
    say(`Run ${statusLabel[status].toLowerCase()}`, {
      id: `ended ${id}`,
      description: "See what differs from the run it re-executed.",
      duration: 10_000,
      action: (
        <Link href={compare} className={buttonClass()} onClick={() => toast.dismiss(`ended ${id}`)}>
          Compare
        </Link>
      ),
    });
  }, [id, status, compare]);
}
