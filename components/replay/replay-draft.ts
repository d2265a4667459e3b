import { findChangedNumber } from "#/lib/contract/exact-number.ts";
import type { ReplayRequest } from "#/lib/contract/replay.ts";
import type { ReplayMode } from "#/lib/contract/status.ts";
import { dollarsToMicros } from "./money-text.ts";

export type TargetVersion = "original" | "latest" | number;

/** What is typed into the dialog. Fields of a mode that is not chosen are kept, so that switching back loses nothing. */
export type ReplayDraft = {
  readonly mode: ReplayMode;
  readonly artifactId: string;
  readonly contentHash: string;
  readonly modelId: string;
  readonly modelRef: string;
  /** Nodes that the prompt or model override is narrowed to; null = all that it concerns. */
  readonly nodeIds: readonly string[] | null;
  readonly targetVersion: TargetVersion;
  /** The step to start from; "" = the whole run. */
  readonly fromNodeId: string;
  /** Another trigger payload as JSON text; null = the original's. */
  readonly payloadText: string | null;
  /** "" = the run's own. */
  readonly environment: string;
  /** Dollars as typed; "" = no limit. */
  readonly maxCost: string;
};

export const emptyDraft: ReplayDraft = {
  mode: "as_is",
  artifactId: "",
  contentHash: "",
  modelId: "",
  modelRef: "",
  nodeIds: null,
  targetVersion: "original",
  fromNodeId: "",
  payloadText: null,
  environment: "",
  maxCost: "",
};

/** A request as the dialog sends it: an edited payload travels as text and is parsed by the rules of an API body. */
export type DraftRequest = { readonly request: ReplayRequest; readonly payloadText?: string };

export type DraftFaults = Partial<Record<"payload" | "maxCost" | "nodeIds", string>>;

/** Applies a change to the draft, and drops what the changed field makes meaningless. */
export function changeDraft(before: ReplayDraft, change: Partial<ReplayDraft>): ReplayDraft {
  const after = { ...before, ...change };
  const isOtherVersion = after.targetVersion !== before.targetVersion;
  const isOtherOverride = after.mode !== before.mode || after.artifactId !== before.artifactId;
  if ((isOtherVersion || isOtherOverride) && change.nodeIds === undefined)
    return cleared(after, isOtherVersion, change);
  return isOtherVersion && change.fromNodeId === undefined ? { ...after, fromNodeId: "" } : after;
}

function cleared(draft: ReplayDraft, isOtherVersion: boolean, change: Partial<ReplayDraft>): ReplayDraft {
  const fromNodeId = isOtherVersion && change.fromNodeId === undefined ? "" : draft.fromNodeId;
  return { ...draft, nodeIds: null, fromNodeId };
}

/** What the person still has to do before this draft can be sent, as a sentence; null = nothing. Pure. */
export function draftNeeds(draft: ReplayDraft): string | null {
  const { payload, maxCost, nodeIds } = draftFaults(draft);
  return (
    missingChoice(draft) ??
    (payload === undefined ? null : "Correct the payload.") ??
    (maxCost === undefined ? null : "Correct the cost limit.") ??
    nodeIds ??
    null
  );
}

/** Both fields of the chosen mode must be filled (product contract); as-is has none. */
function missingChoice({ mode, artifactId, contentHash, modelId, modelRef }: ReplayDraft): string | null {
  if (mode === "prompt")
    return missingOf("Choose a prompt revision.", [artifactId, "prompt artifact id"], [contentHash, "content hash"]);
  if (mode === "model") return missingOf("Choose a model.", [modelId, "model id"], [modelRef, "model ref"]);
  return null;
}

function missingOf(whole: string, ...fields: [value: string, name: string][]): string | null {
  const empty = fields.filter(([value]) => !hasText(value));
  if (empty.length === fields.length) return whole;
  return empty.length === 0 ? null : `Enter the ${empty.map(([, name]) => name).join(" and the ")}.`;
}

function hasText(value: string): boolean {
  return value.trim() !== "";
}

/** What cannot be sent as it stands, by field. What only the server can judge is left to it. */
export function draftFaults(draft: ReplayDraft): DraftFaults {
  const faults: DraftFaults = {};
  const payload = draft.payloadText === null ? null : jsonFault(draft.payloadText);
  if (payload !== null) faults.payload = payload;
  if (hasText(draft.maxCost) && dollarsToMicros(draft.maxCost) === null)
    faults.maxCost = "Enter dollars with at most six decimals, for example 0.50";
  if (draft.mode !== "as_is" && draft.nodeIds?.length === 0) faults.nodeIds = "Select at least one node.";
  return faults;
}

const largestPayload = 900_000;

function jsonFault(text: string): string | null {
  if (text.length > largestPayload) return "Too large for this form; use the API.";
  try {
    JSON.parse(text);
    const changed = findChangedNumber(text, "payload");
    return changed && `${changed.path}: ${changed.message}`;
  } catch (error) {
    return `Not valid JSON: ${error instanceof Error ? error.message : "it cannot be parsed"}`;
  }
}

/**
 * The request for a draft, or null while it is incomplete or has faults. Ids and hashes go out byte for byte as typed.
 */
export function toReplayRequest(draft: ReplayDraft): DraftRequest | null {
  if (draftNeeds(draft) !== null) return null;
  const nodeIds = draft.nodeIds === null ? {} : { nodeIds: [...draft.nodeIds] };
  if (draft.mode === "prompt")
    return withOptions(draft, {
      mode: "prompt",
      prompt: { artifactId: draft.artifactId, contentHash: draft.contentHash },
      ...nodeIds,
    });
  if (draft.mode === "model")
    return withOptions(draft, { mode: "model", model: { id: draft.modelId, ref: draft.modelRef }, ...nodeIds });
  return withOptions(draft, { mode: "as_is" });
}

/** The same replay as-is, for what can be checked before the fields of a mode are filled. */
export function plainRequest(draft: ReplayDraft): DraftRequest {
  const faults = draftFaults(draft);
  return withOptions(
    {
      ...draft,
      payloadText: faults.payload ? null : draft.payloadText,
      maxCost: faults.maxCost ? "" : draft.maxCost,
    },
    { mode: "as_is" },
  );
}

function withOptions(draft: ReplayDraft, override: ReplayRequest): DraftRequest {
  const maxCostMicros = hasText(draft.maxCost) ? dollarsToMicros(draft.maxCost) : null;
  return {
    request: {
      ...override,
      ...(draft.targetVersion === "original" ? {} : { targetVersion: draft.targetVersion }),
      ...(draft.fromNodeId === "" ? {} : { fromNodeId: draft.fromNodeId }),
      ...(draft.environment === "" ? {} : { environment: draft.environment }),
      ...(maxCostMicros === null ? {} : { maxCostMicros }),
    },
    ...(draft.payloadText === null ? {} : { payloadText: draft.payloadText }),
  };
}

/** What the options change, in a few words each; empty = nothing. */
export function optionWords(draft: ReplayDraft): string[] {
  return [
    draft.fromNodeId === "" ? null : `from ${draft.fromNodeId}`,
    draft.mode === "as_is" || draft.nodeIds === null ? null : `only ${draft.nodeIds.join(", ")}`,
    draft.payloadText === null ? null : "other payload",
    draft.environment === "" ? null : draft.environment,
    hasText(draft.maxCost) ? `at most $${draft.maxCost.trim().replace(/^\$\s*/, "")}` : null,
  ].filter((word) => word !== null);
}

/** A note about spaces around a value, as pasting brings along: they count, so they must be seen. Null = none. */
export function spacesAround(value: string): string | null {
  return value !== "" && value !== value.trim()
    ? "This value has spaces around it. It is compared exactly as entered."
    : null;
}
