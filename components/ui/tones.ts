/** Names of the meaning colours in app/globals.css, each with a text colour and a soft ground. */
const tones = [
  "neutral",
  "accent",
  "danger",
  "warning",
  "success",
  "pending",
  "running",
  "waiting",
  "paused",
  "completed",
  "failed",
  "cancelled",
  "live",
  "recorded",
  "simulated",
  "blocked",
  "reused",
] as const;
export type Tone = (typeof tones)[number];

/** Text on its soft ground; Tailwind needs the full class names to be written out. */
export const toneClass: Record<Tone, string> = {
  neutral: "bg-hover text-ink-muted",
  accent: "bg-accent-soft text-accent",
  danger: "bg-danger-soft text-danger",
  warning: "bg-warning-soft text-warning",
  success: "bg-success-soft text-success",
  pending: "bg-status-pending-soft text-status-pending",
  running: "bg-status-running-soft text-status-running",
  waiting: "bg-status-waiting-soft text-status-waiting",
  paused: "bg-status-paused-soft text-status-paused",
  completed: "bg-status-completed-soft text-status-completed",
  failed: "bg-status-failed-soft text-status-failed",
  cancelled: "bg-status-cancelled-soft text-status-cancelled",
  live: "bg-effect-live-soft text-effect-live",
  recorded: "bg-effect-recorded-soft text-effect-recorded",
  simulated: "bg-effect-simulated-soft text-effect-simulated",
  blocked: "bg-effect-blocked-soft text-effect-blocked",
  reused: "bg-effect-reused-soft text-effect-reused",
};

/** Solid fill, for dots and bars. */
export const toneFill: Record<Tone, string> = {
  neutral: "bg-ink-subtle",
  accent: "bg-accent",
  danger: "bg-danger",
  warning: "bg-warning",
  success: "bg-success",
  pending: "bg-status-pending",
  running: "bg-status-running",
  waiting: "bg-status-waiting",
  paused: "bg-status-paused",
  completed: "bg-status-completed",
  failed: "bg-status-failed",
  cancelled: "bg-status-cancelled",
  live: "bg-effect-live",
  recorded: "bg-effect-recorded",
  simulated: "bg-effect-simulated",
  blocked: "bg-effect-blocked",
  reused: "bg-effect-reused",
};
