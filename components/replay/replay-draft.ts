import type { ReplayRequest } from "#/lib/contract/replay.ts";
import type { ReplayMode } from "#/lib/contract/status.ts";

/** What is typed into the dialog. Fields of a mode that is not chosen are kept, so that switching back loses nothing. */
export type ReplayDraft = {
  readonly mode: ReplayMode;
  readonly artifactId: string;
  readonly contentHash: string;
  readonly modelId: string;
  readonly modelRef: string;
};

export const emptyDraft: ReplayDraft = { mode: "as_is", artifactId: "", contentHash: "", modelId: "", modelRef: "" };

/** Both fields of the chosen mode are filled (product contract); as-is has none. */
export function isFilled(draft: ReplayDraft): boolean {
  if (draft.mode === "prompt") return hasText(draft.artifactId) && hasText(draft.contentHash);
  if (draft.mode === "model") return hasText(draft.modelId) && hasText(draft.modelRef);
  return true;
}

function hasText(value: string): boolean {
  return value.trim() !== "";
}

/** The request for a draft, or null while it is not filled. Ids and hashes go out byte for byte as they were typed. */
export function toReplayRequest(draft: ReplayDraft): ReplayRequest | null {
  if (!isFilled(draft)) return null;
  if (draft.mode === "prompt")
    return { mode: "prompt", prompt: { artifactId: draft.artifactId, contentHash: draft.contentHash } };
  if (draft.mode === "model") return { mode: "model", model: { id: draft.modelId, ref: draft.modelRef } };
  return { mode: "as_is" };
}

/** Pasting brings spaces along; they count, so they must be seen. Null = nothing to say. */
export function spacesAround(value: string): string | null {
  return value !== "" && value !== value.trim()
    ? "There are spaces around this value. It is compared as it stands."
    : null;
}
