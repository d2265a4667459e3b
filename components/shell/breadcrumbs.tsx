"use client";

import { ChevronRight } from "lucide-react";
import { Link } from "#/components/ui/link.tsx";
import { usePathname, useRouter } from "next/navigation";
import { Fragment, type MouseEvent } from "react";
import { recallRunList } from "./run-list-memory.ts";
import { cn } from "#/components/ui/class-names.ts";
import { type Crumb, crumbsOf } from "./crumbs.ts";

/** Where this page is; "Runs" leads back to the list as it was filtered. */
export function Breadcrumbs() {
  const pathname = usePathname();
  const crumbs = crumbsOf(pathname);
  // The crumb that is shortened when there is no room: the id, or else the thing's own name.
  const cut = crumbs.find((crumb) => crumb.mono) ?? crumbs.at(-1);
  return (
    <nav aria-label="Breadcrumb" className="min-w-0">
      <ol className="flex min-w-0 items-center gap-1">
        {crumbs.map((crumb, index) => (
          <Fragment key={crumb.label}>
            {index > 0 ? (
              <li aria-hidden className="text-ink-subtle">
                <ChevronRight className="size-3.5" />
              </li>
            ) : null}
            <li className={cn(crumb === cut ? "min-w-0" : "shrink-0", crumb.mono && "font-mono text-sm")}>
              <CrumbFace crumb={crumb} workspaceSlug={pathname.split("/")[1] ?? ""} />
            </li>
          </Fragment>
        ))}
      </ol>
    </nav>
  );
}

function CrumbFace({ crumb, workspaceSlug }: { crumb: Crumb; workspaceSlug: string }) {
  const router = useRouter();
  if (crumb.href === null)
    return (
      <span aria-current="page" title={crumb.label} className="block truncate py-1">
        {crumb.label}
      </span>
    );
  const { href } = crumb;
  const toFilteredList = (event: MouseEvent) => {
    const memory = recallRunList(workspaceSlug);
    if (!memory?.href.startsWith(`${href}?`) || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    router.push(memory.href);
  };
  return (
    <Link href={href} onClick={toFilteredList} className="block truncate rounded-sm py-1 text-ink-muted hover:text-ink">
      {crumb.label}
    </Link>
  );
}
