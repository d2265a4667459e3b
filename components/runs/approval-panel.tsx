"use client";

import { Check, Hourglass, X } from "lucide-react";
import { type RefObject, useId, useLayoutEffect, useRef, useState, useTransition } from "react";
import { toast } from "sonner";
import { Button } from "#/components/ui/button.tsx";
import { cn } from "#/components/ui/class-names.ts";
import { Field } from "#/components/ui/field.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import { Textarea } from "#/components/ui/textarea.tsx";
import type { OpenApproval, Run } from "#/lib/contract/run.ts";
import type { ActionResult } from "./run-actions.ts";
import { useOpenApprovals } from "./use-open-approvals.ts";

type ApprovalDecision = "approve" | "reject";
export type DecideApproval = (input: {
  workspaceSlug: string;
  runId: string;
  spanId: string;
  decision: ApprovalDecision;
  comment?: string;
}) => Promise<ActionResult>;

/**
 * The approvals that a run waits for, each with its two answers and room for a comment; nothing when it waits for
 * nobody. `denied` says why the reader may not decide. `onDecided` lets the page read the run again.
 */
export function ApprovalPanel({
  workspaceSlug,
  run,
  decide,
  denied,
  onDecided,
  className,
}: {
  workspaceSlug: string;
  run: Pick<Run, "id" | "status">;
  decide: DecideApproval;
  denied: string | null;
  onDecided: () => void;
  className?: string;
}) {
  const { approvals, hasMore, refresh } = useOpenApprovals(workspaceSlug, run);
  const section = useRef<HTMLElement>(null);
  const vacated = useFocusHandover(section);
  if (approvals.length === 0) return null;
  const decided = () => {
    refresh();
    onDecided();
  };
  return (
    <section ref={section} aria-label="Waiting for approval" className={cn("flex flex-col gap-2", className)}>
      {approvals.map((approval) => (
        <ApprovalCard
          key={approval.spanId}
          vacated={vacated}
          approval={approval}
          denied={denied}
          onDecided={decided}
          decide={(decision, comment) =>
            decide({ workspaceSlug, runId: run.id, spanId: approval.spanId, decision, ...(comment ? { comment } : {}) })
          }
        />
      ))}
      {hasMore && <p className="text-sm text-ink-muted">More approvals are open; they follow as these are decided.</p>}
    </section>
  );
}

/**
 * When a focused card goes, its place in the list is in `current`; the focus then moves to the card now in that place,
 * or to the page when none is left, so that it is not lost.
 */
function useFocusHandover(section: RefObject<HTMLElement | null>): RefObject<number | null> {
  const vacated = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (vacated.current === null) return;
    const cards = [...(section.current?.querySelectorAll<HTMLElement>("[data-approval]") ?? [])];
    const next = cards[vacated.current] ?? cards.at(-1) ?? document.querySelector<HTMLElement>("main");
    vacated.current = null;
    next?.focus({ preventScroll: cards.length === 0 });
  });
  return vacated;
}

function ApprovalCard({
  vacated,
  approval,
  decide,
  denied,
  onDecided,
}: {
  vacated: RefObject<number | null>;
  approval: OpenApproval;
  decide: (decision: ApprovalDecision, comment: string) => Promise<ActionResult>;
  denied: string | null;
  onDecided: () => void;
}) {
  const [comment, setComment] = useState("");
  const [pending, setPending] = useState<ApprovalDecision | null>(null);
  const [, start] = useTransition();
  const card = useRef<HTMLDivElement>(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const element = card.current;
    return () => {
      if (!element?.contains(document.activeElement)) return;
      vacated.current = [...(element.parentElement?.children ?? [])].indexOf(element);
    };
  }, [vacated]);
  const answer = (decision: ApprovalDecision) =>
    start(async () => {
      setPending(decision);
      const refusal = await refusalOf(() => decide(decision, comment.trim()));
      setPending(null);
      if (refusal) toast.error("Decision not recorded", { description: refusal });
      else toast.success(decision === "approve" ? "Approved" : "Rejected", { description: approval.title });
      onDecided();
    });
  return (
    <div
      ref={card}
      data-approval
      role="group"
      aria-labelledby={titleId}
      tabIndex={-1}
      className="rounded-md border border-status-waiting/40 bg-status-waiting-soft px-3 py-2.5"
    >
      <div className="flex items-start gap-2">
        <Hourglass aria-hidden className="mt-0.5 size-4 shrink-0 text-status-waiting" />
        <div className="min-w-0 grow">
          <h2 id={titleId} className="font-semibold break-words text-ink">
            {approval.title}
          </h2>
          <p className="text-sm text-ink-muted">
            <span className="font-mono">{approval.key}</span>
            {approval.requestedAt ? (
              <>
                {" · asked "}
                <RelativeTime iso={approval.requestedAt} />
              </>
            ) : null}
            {approval.expiresAt ? (
              <>
                {" · times out "}
                <RelativeTime iso={approval.expiresAt} />
              </>
            ) : null}
          </p>
        </div>
      </div>
      <div className="mt-2 flex flex-wrap items-end gap-2">
        <Field label="Comment" className="min-w-48 grow">
          {(control) => (
            <Textarea
              {...control}
              rows={1}
              maxLength={2000}
              className="min-h-8"
              placeholder="Optional. Passed on to the run."
              value={comment}
              onChange={(event) => setComment(event.target.value)}
              disabled={denied !== null}
            />
          )}
        </Field>
        <div className="flex gap-1.5">
          <Button
            variant="primary"
            loading={pending === "approve"}
            disabledReason={denied ?? (pending === "reject" ? "The decision is being recorded." : null)}
            onClick={() => answer("approve")}
          >
            <Check aria-hidden />
            Approve
          </Button>
          <Button
            loading={pending === "reject"}
            disabledReason={denied ?? (pending === "approve" ? "The decision is being recorded." : null)}
            onClick={() => answer("reject")}
          >
            <X aria-hidden />
            Reject
          </Button>
        </div>
      </div>
    </div>
  );
}

async function refusalOf(decide: () => Promise<ActionResult>): Promise<string | null> {
  try {
    const result = await decide();
    return result.ok ? null : result.problem.detail;
  } catch {
    return "The server could not be reached. Your decision may not have been recorded; check the run and try again.";
  }
}
