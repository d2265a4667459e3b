"use client";

import { LogOut, UserRound } from "lucide-react";
import { useRouter } from "next/navigation";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "#/components/ui/dropdown-menu.tsx";
import { leave } from "./leave.ts";

export type AccountMenuUser = { email: string; name: string; role: string };

/** Who is signed in, with which role here, and the way out. */
export function AccountMenu({ user }: { user: AccountMenuUser }) {
  const router = useRouter();
  const initial = (user.name || user.email).slice(0, 1).toUpperCase();
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        aria-label="Account"
        className="inline-flex size-7 shrink-0 items-center justify-center rounded-full border border-line-strong bg-hover text-sm font-medium text-ink hover:border-field-line"
      >
        <span aria-hidden>{initial}</span>
      </DropdownMenuTrigger>
      <DropdownMenuContent className="w-60">
        <DropdownMenuLabel>
          <span className="block truncate text-base font-medium text-ink">{user.name || user.email}</span>
          <span className="block truncate">{user.email}</span>
          <span className="block">Role here: {user.role}</span>
        </DropdownMenuLabel>
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={() => router.push("/account")}>
          <UserRound aria-hidden />
          Your account
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => void leave()}>
          <LogOut aria-hidden />
          Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
