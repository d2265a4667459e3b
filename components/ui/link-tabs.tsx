import { Link } from "./link.tsx";
import type { ReactNode } from "react";
import { cn } from "./class-names.ts";

export type LinkTab = { href: string; label: ReactNode; isCurrent: boolean };

/** Views of one page, each with its own address. */
export function LinkTabs({ label, tabs, className }: { label: string; tabs: readonly LinkTab[]; className?: string }) {
  return (
    <nav aria-label={label} className={cn("shrink-0 overflow-x-auto border-b border-line px-3 md:px-4", className)}>
      <ul className="flex gap-4">
        {tabs.map(({ href, label: name, isCurrent }) => (
          <li key={href}>
            <Link
              href={href}
              scroll={false}
              aria-current={isCurrent ? "page" : undefined}
              className="-mb-px inline-flex h-8 shrink-0 items-center border-b-2 border-transparent whitespace-nowrap text-ink-muted hover:text-ink focus-visible:-outline-offset-2 aria-[current]:border-accent aria-[current]:font-medium aria-[current]:text-ink"
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
