"use client";

import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { Select } from "#/components/ui/select.tsx";
import { Spinner } from "#/components/ui/spinner.tsx";
import { type PromptQuery, promptSearch } from "./prompt-query.ts";

const nothing = "nothing";

/** Chooses the revision to compare with; the address keeps it. */
export function CompareWith({
  path,
  query,
  chosen,
  others,
}: {
  path: string;
  query: PromptQuery;
  chosen: string | null;
  others: { contentHash: string; revision: number }[];
}) {
  const router = useRouter();
  const [isPending, start] = useTransition();
  if (others.length === 0) return null;
  const choose = (value: string) =>
    start(() =>
      router.replace(`${path}${promptSearch({ ...query, against: value === nothing ? null : value })}`, {
        scroll: false,
      }),
    );
  return (
    <span className="flex items-center gap-2">
      {isPending ? <Spinner label="Loading the difference" /> : null}
      <Select
        aria-label="Compare with"
        className="w-52"
        value={chosen ?? nothing}
        onValueChange={choose}
        options={[
          { value: nothing, label: "Text only" },
          ...others.map((each) => ({ value: each.contentHash, label: `Changes since revision ${each.revision}` })),
        ]}
      />
    </span>
  );
}
