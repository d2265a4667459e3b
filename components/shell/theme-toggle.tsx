"use client";

import { Moon, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { IconButton } from "#/components/ui/icon-button.tsx";

/** Light or dark; follows the system's setting until someone uses it. */
export function ThemeToggle() {
  const { resolvedTheme, setTheme } = useTheme();
  return (
    <IconButton
      label="Switch between light and dark"
      side="bottom"
      onClick={() => setTheme(resolvedTheme === "dark" ? "light" : "dark")}
      icon={
        <>
          <Sun aria-hidden className="dark:hidden" />
          <Moon aria-hidden className="hidden dark:block" />
        </>
      }
    />
  );
}
