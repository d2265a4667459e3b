import { cn } from "./class-names.ts";

const names: Record<string, string> = {
  mod: "Ctrl",
  shift: "Shift",
  enter: "Enter",
  escape: "Esc",
  arrowup: "↑",
  arrowdown: "↓",
  arrowleft: "←",
  arrowright: "→",
};

/** A key or a chord, written as bindings are: `r`, `mod+enter`, `shift+e`. */
export function Kbd({ keys, className }: { keys: string; className?: string }) {
  return (
    <kbd className={cn("inline-flex gap-0.5 font-sans text-xs", className)}>
      {keys.split("+").map((key) => (
        <span
          key={key}
          className="inline-flex h-4 min-w-4 items-center justify-center rounded-sm border border-line-strong bg-surface px-1 text-ink-muted"
        >
          {names[key.toLowerCase()] ?? key}
        </span>
      ))}
    </kbd>
  );
}
