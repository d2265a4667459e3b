"use client";

import { ThemeProvider } from "next-themes";
import { useState, type ReactNode } from "react";
import { QueryProvider } from "#/components/data/query-provider.tsx";
import { Toaster } from "#/components/ui/toaster.tsx";
import { TooltipProvider } from "#/components/ui/tooltip.tsx";

/** What every page needs in the browser. `nonce` is the content security policy's, for the theme's start-up script. */
export function Providers({ nonce, children }: { nonce?: string; children: ReactNode }) {
  // A refreshed layout brings another nonce, which this document does not know.
  const [first] = useState(nonce);
  return (
    <ThemeProvider attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange nonce={first}>
      <TooltipProvider>
        <QueryProvider>{children}</QueryProvider>
      </TooltipProvider>
      <Toaster />
    </ThemeProvider>
  );
}
