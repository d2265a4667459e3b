"use client";

import { useRouter } from "next/navigation";
import type { MouseEvent } from "react";

/**
 * What a click on a row does: it opens the row's page, with Ctrl or Command in another tab; not where the click met
 * something of its own (also in a menu that belongs to the row and stands elsewhere), or ended a selection of text.
 */
export function useRowLink(href: string): (event: MouseEvent<HTMLElement>) => void {
  const router = useRouter();
  return (event) => {
    const target = event.target as HTMLElement;
    if (!event.currentTarget.contains(target) || target.closest("a, button") || String(getSelection())) return;
    if (event.metaKey || event.ctrlKey) window.open(href, "_blank", "noopener");
    else router.push(href);
  };
}
