"use client";

import { useRouter } from "next/navigation";
import { useOptimistic, useTransition } from "react";
import { FilterMenu } from "#/components/runs/filter-menu.tsx";
import { TimeFilter } from "#/components/runs/time-filter.tsx";
import { Button } from "#/components/ui/button.tsx";
import { Spinner } from "#/components/ui/spinner.tsx";
import { type AuditFilterQuery, auditSearch, hasAuditFilter } from "./audit-query.ts";

/** The filter bar. Every change goes to the address and leads back to the first page. */
export function AuditFilters({
  path,
  query,
  choices,
}: {
  path: string;
  query: AuditFilterQuery;
  choices: { actions: string[]; actors: { id: string; name: string }[] };
}) {
  const router = useRouter();
  const [isPending, start] = useTransition();
  const [asked, ask] = useOptimistic(query);
  const go = (next: AuditFilterQuery) =>
    start(() => {
      ask(next);
      const search = auditSearch(next);
      router.push(search.size === 0 ? path : `${path}?${search}`, { scroll: false });
    });
  const nothing: AuditFilterQuery = { action: null, actor: null, target: null, range: null, from: null, to: null };
  return (
    <search className="flex shrink-0 flex-wrap items-center gap-1.5 border-b border-line px-3 py-2 md:px-4">
      <FilterMenu
        name="Action"
        options={choices.actions.map((action) => ({ value: action, label: action }))}
        chosen={asked.action ? [asked.action] : []}
        onChange={([action]) => go({ ...asked, action: action ?? null })}
      />
      <FilterMenu
        name="Actor"
        options={choices.actors.map(({ id, name }) => ({ value: id, label: name }))}
        chosen={asked.actor ? [asked.actor] : []}
        onChange={([actor]) => go({ ...asked, actor: actor ?? null })}
      />
      <TimeFilter value={asked} onChange={(time) => go({ ...asked, ...time })} />
      {hasAuditFilter(asked) ? (
        <Button variant="ghost" onClick={() => go(nothing)}>
          Clear filters
        </Button>
      ) : null}
      {isPending ? <Spinner label="Loading events" /> : null}
    </search>
  );
}
