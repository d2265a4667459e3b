"use client";

import { ArrowRight } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { Select } from "#/components/ui/select.tsx";
import { Spinner } from "#/components/ui/spinner.tsx";
import { type WorkflowQuery, workflowSearch } from "./workflow-query.ts";

/** Chooses the version to compare with; the address keeps it. */
export function FromVersion({
  path,
  query,
  shown,
  from,
  others,
}: {
  path: string;
  query: WorkflowQuery;
  shown: number;
  from: number;
  others: number[];
}) {
  const router = useRouter();
  const [isPending, start] = useTransition();
  const choose = (value: string) =>
    start(() => router.replace(`${path}${workflowSearch({ ...query, from: Number(value) })}`, { scroll: false }));
  return (
    <div className="flex items-center gap-2">
      <Select
        aria-label="Compare with"
        className="w-36"
        value={String(from)}
        onValueChange={choose}
        options={others.map((number) => ({ value: String(number), label: `Version ${number}` }))}
      />
      <ArrowRight aria-label="to" className="size-4 text-ink-subtle" />
      <span className="font-medium">Version {shown}</span>
      {isPending ? <Spinner label="Loading the difference" /> : null}
    </div>
  );
}
