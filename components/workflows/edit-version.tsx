"use client";

import { Pencil } from "lucide-react";
import { useRouter } from "next/navigation";
import { buttonClass } from "#/components/ui/button-class.ts";
import { Button } from "#/components/ui/button.tsx";
import { Kbd } from "#/components/ui/kbd.tsx";
import { Link } from "#/components/ui/link.tsx";
import { useShortcuts } from "#/components/ui/use-shortcuts.ts";

/** Leads to the editor; `denied`: why this person may not push a version. */
export function EditVersion({ href, denied }: { href: string; denied: string | null }) {
  const router = useRouter();
  useShortcuts([{ keys: "e", label: "Edit the definition", run: () => router.push(href), enabled: denied === null }]);
  const inside = (
    <>
      <Pencil aria-hidden />
      Edit
    </>
  );
  if (denied !== null)
    return (
      <Button keys="e" disabledReason={denied}>
        {inside}
      </Button>
    );
  return (
    <Link href={href} className={buttonClass()}>
      {inside}
      <Kbd keys="e" />
    </Link>
  );
}
