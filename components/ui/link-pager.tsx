import { ChevronLeft, ChevronRight } from "lucide-react";
import { Link } from "./link.tsx";
import type { ReactNode } from "react";
import { buttonClass } from "./button-class.ts";
import { Button } from "./button.tsx";

/** The bar below a list: how much is shown, and links to the pages beside this one. */
export function LinkPager({
  count,
  previous,
  next,
}: {
  count: ReactNode;
  previous: string | null;
  next: string | null;
}) {
  return (
    <footer className="sticky bottom-0 mt-auto flex h-10 shrink-0 items-center gap-3 border-t border-line bg-canvas px-3 text-sm text-ink-muted md:px-4">
      <span className="tabular">{count}</span>
      <nav aria-label="Pages" className="ml-auto flex gap-1.5">
        <PagerLink href={previous}>
          <ChevronLeft aria-hidden />
          Previous
        </PagerLink>
        <PagerLink href={next}>
          Next
          <ChevronRight aria-hidden />
        </PagerLink>
      </nav>
    </footer>
  );
}

function PagerLink({ href, children }: { href: string | null; children: ReactNode }) {
  if (href === null) return <Button disabled>{children}</Button>;
  return (
    <Link href={href} className={buttonClass()}>
      {children}
    </Link>
  );
}
