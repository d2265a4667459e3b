import { cn } from "./class-names.ts";

export type ButtonVariant = "primary" | "secondary" | "ghost" | "danger";
export type ButtonSize = "sm" | "md";

const variants: Record<ButtonVariant, string> = {
  primary: "bg-accent text-accent-ink hover:bg-accent-hover",
  secondary: "border border-line-strong bg-raised text-ink hover:bg-hover",
  ghost: "text-ink-muted hover:bg-hover hover:text-ink",
  danger: "bg-danger text-danger-ink hover:bg-danger-hover",
};
const sizes: Record<ButtonSize, string> = { sm: "h-7 px-2 text-sm", md: "h-8 px-3 text-base" };
const disabledLook =
  "disabled:border disabled:border-line disabled:bg-hover disabled:text-ink-disabled aria-disabled:cursor-not-allowed aria-disabled:border aria-disabled:border-line aria-disabled:bg-hover aria-disabled:text-ink-subtle aria-disabled:hover:bg-hover";

/** The look of a button, for links that act like one. Apart from the button, so that server components can call it. */
export function buttonClass({
  variant = "secondary",
  size = "sm",
}: { variant?: ButtonVariant; size?: ButtonSize } = {}) {
  return cn(
    "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap select-none [&_svg]:size-3.5 [&_svg]:shrink-0",
    variants[variant],
    sizes[size],
    disabledLook,
  );
}
