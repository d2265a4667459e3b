"use client";

import { useTransition } from "react";
import { Button } from "#/components/ui/button.tsx";
import { leave } from "./leave.ts";

export function SignOutButton() {
  const [isLeaving, start] = useTransition();
  return (
    <Button loading={isLeaving} onClick={() => start(leave)}>
      Sign out
    </Button>
  );
}
