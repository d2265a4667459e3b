import type { CliCommand } from "./cli.ts";

export type CommandEntry = {
  path: [name: string] | [group: string, name: string];
  summary: string;
  load: () => Promise<{ command: CliCommand }>;
};

export const groups: Record<string, string> = {
  runs: "List, read, replay, control and watch runs",
  trigger: "Start runs",
  workflows: "Check, push and list workflows",
  prompts: "Push and list prompt artifacts",
  replays: "Replay many runs as one batch",
  skills: "Teach a coding agent to use Reprise",
  schedules: "Start runs by themselves",
  profiles: "Manage stored logins",
};

/** Every command; its file is loaded only when it is called, so that starting is quick. */
export const commandTable: CommandEntry[] = [
  entry(null, "login", "Store an address and an API key", () => import("./commands/login.ts")),
  entry("runs", "list", "List runs, newest first", () => import("./commands/runs-list.ts")),
  entry("runs", "get", "Show a run with its steps", () => import("./commands/runs-get.ts")),
  entry("runs", "replay", "Replay finished runs", () => import("./commands/runs-replay.ts")),
  entry("runs", "suggest-fix", "Ask a model to fix a failed step", () => import("./commands/runs-suggest-fix.ts")),
  entry("runs", "cancel", "Cancel runs", () => import("./commands/runs-cancel.ts")),
  entry("runs", "pause", "Pause a run before its next step", () => import("./commands/runs-pause.ts")),
  entry("runs", "resume", "Resume a paused run", () => import("./commands/runs-resume.ts")),
  entry("runs", "reschedule", "Start a delayed run at another time", () => import("./commands/runs-reschedule.ts")),
  entry("runs", "logs", "Show a run's log", () => import("./commands/runs-logs.ts")),
  entry("runs", "events", "Show a run's events", () => import("./commands/runs-events.ts")),
  entry("runs", "watch", "Follow a run until it ends", () => import("./commands/runs-watch.ts")),
  entry("runs", "compare", "Compare two runs step by step", () => import("./commands/runs-compare.ts")),
  entry("trigger", "manual", "Start a run of a workflow", () => import("./commands/trigger-manual.ts")),
  entry("workflows", "list", "List workflows", () => import("./commands/workflows-list.ts")),
  entry("workflows", "push", "Push a definition as a version", () => import("./commands/workflows-push.ts")),
  entry(
    "workflows",
    "validate",
    "Check a definition without pushing",
    () => import("./commands/workflows-validate.ts"),
  ),
  entry(
    "workflows",
    "types",
    "Write TypeScript types of payloads and outputs",
    () => import("./commands/workflows-declare.ts"),
  ),
  entry("prompts", "list", "List prompt artifacts", () => import("./commands/prompts-list.ts")),
  entry("prompts", "push", "Push a text as a revision", () => import("./commands/prompts-push.ts")),
  entry("replays", "batch", "Replay many runs as a batch", () => import("./commands/replays-batch.ts")),
  entry("replays", "list", "List batches, newest first", () => import("./commands/replays-list.ts")),
  entry("replays", "get", "Show a batch's progress", () => import("./commands/replays-get.ts")),
  entry("replays", "items", "Show what became of each run", () => import("./commands/replays-items.ts")),
  entry("replays", "watch", "Follow a batch until it is over", () => import("./commands/replays-watch.ts")),
  entry("replays", "pause", "Submit no more until it is resumed", () => import("./commands/replays-pause.ts")),
  entry("replays", "resume", "Go on with a paused batch", () => import("./commands/replays-resume.ts")),
  entry("replays", "abort", "Submit no more, for good", () => import("./commands/replays-abort.ts")),
  entry("replays", "retry", "Submit what was not replayed again", () => import("./commands/replays-retry.ts")),
  entry("schedules", "list", "List schedules", () => import("./commands/schedules-list.ts")),
  entry("schedules", "get", "Show a schedule with its next times", () => import("./commands/schedules-get.ts")),
  entry("schedules", "create", "Make a schedule", () => import("./commands/schedules-create.ts")),
  entry("schedules", "update", "Change, enable or disable one", () => import("./commands/schedules-update.ts")),
  entry("schedules", "delete", "Delete one; its runs stay", () => import("./commands/schedules-delete.ts")),
  entry("skills", "list", "List the skills for agents", () => import("./commands/skills-list.ts")),
  entry("skills", "install", "Install them into a project", () => import("./commands/skills-install.ts")),
  entry("profiles", "list", "List stored profiles", () => import("./commands/profiles-list.ts")),
  entry("profiles", "use", "Switch to a profile", () => import("./commands/profiles-use.ts")),
  entry("profiles", "remove", "Remove a profile", () => import("./commands/profiles-remove.ts")),
];

function entry<O, A extends unknown[]>(
  group: string | null,
  name: string,
  summary: string,
  load: () => Promise<{ command: CliCommand<O, A> }>,
): CommandEntry {
  return { path: group === null ? [name] : [group, name], summary, load: load as unknown as CommandEntry["load"] };
}
