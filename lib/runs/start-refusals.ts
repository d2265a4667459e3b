/** Why a run that was accepted fails before anything is called, by code. */
export const startRefusals = {
  source_version_unavailable: "The workflow version of this run was deleted before it started.",
  workflow_paused: "The workflow was paused for safety reasons before this run started.",
} as const;
