import type { PolicyValues } from "#/lib/contract/policy.ts";
import type { ReplayFacts } from "#/lib/replay/facts.ts";
import { callRecord, type CallRecord } from "#/lib/runs/recorded-calls.ts";
import type { SpanRow } from "#/lib/runs/span-store.ts";
import type { CatalogueEntry } from "#/lib/models/catalogue.ts";

export const hashOf = (digit: string) => `sha256:${digit.repeat(64)}`;

export const haiku = "anthropic:claude-haiku-4-5";
export const opus = "anthropic:claude-opus-4-7";
export const gpt = "openai:gpt-5.4";

const catalogue: CatalogueEntry[] = [haiku, opus, gpt].map((ref) => {
  const [provider = "", id = ""] = ref.split(":");
  return { ref, id, provider, name: id };
});

const silentPolicy: PolicyValues = {
  allowedModels: null,
  allowedProviders: null,
  replay: { allowMutations: null },
};

export function policies(levels: { account?: Partial<PolicyValues>; workspace?: Partial<PolicyValues> } = {}) {
  return {
    account: { ...silentPolicy, ...levels.account },
    workspace: { ...silentPolicy, ...levels.workspace },
    revision: 0,
  };
}

type Node = { id: string; type: string } & Record<string, unknown>;

/** A model node that pins revision `1…` of the artifact `prompt_a`. */
export function modelNode(id: string, change: Record<string, unknown> = {}): Node {
  return { id, type: "model", model: haiku, prompt: { artifact: "prompt_a", hash: hashOf("1") }, ...change };
}

export function httpNode(id: string, method = "GET", change: Record<string, unknown> = {}): Node {
  return { id, type: "tool", http: { method, url: `http://shop.test/${id}` }, ...change };
}

export function transformNode(id: string, change: Record<string, unknown> = {}): Node {
  return { id, type: "transform", value: 1, ...change };
}

export function version(number: number, nodes: Node[], rest: Record<string, unknown> = {}) {
  return {
    id: `wfv_${number}`,
    version: number,
    deletedAt: null,
    definition: { name: "flow", nodes, ...rest },
  } as unknown as NonNullable<ReplayFacts["sourceVersion"]>;
}

let spans = 0;

/** A completed step of the source run. */
export function span(nodeId: string, change: Partial<SpanRow> = {}): SpanRow {
  spans += 1;
  return {
    id: `span_${spans}`,
    workspaceId: "ws_1",
    runId: "run_source",
    parentId: null,
    key: nodeId,
    kind: "tool",
    nodeId,
    name: nodeId,
    status: "completed",
    attempt: 1,
    seq: spans,
    startRev: 1,
    rev: 2,
    startedAt: new Date(0),
    finishedAt: new Date(1),
    modelRef: null,
    answeredModel: null,
    promptArtifact: null,
    promptHash: null,
    madeCall: false,
    inputTokens: null,
    outputTokens: null,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
    costMicros: null,
    effectVerdict: null,
    mutating: false,
    effectWhy: null,
    callSignature: null,
    tool: null,
    againstOriginal: null,
    recordedRun: null,
    recordedSpan: null,
    reusedRun: null,
    reusedSpan: null,
    error: null,
    ...change,
  } as SpanRow;
}

/** The calls among these spans, all that they point to being kept. */
export function recordsOf(rows: readonly SpanRow[]): CallRecord[] {
  return rows.flatMap((row) => callRecord(row, { isSimulated: false }) ?? []);
}

type Change = Partial<Omit<ReplayFacts, "source" | "workflow">> & {
  source?: Partial<ReplayFacts["source"]>;
  workflow?: Partial<ReplayFacts["workflow"]>;
};

/** Facts of a replay that nothing speaks against: a completed run of version 1, which is also the target. */
export function replayFacts(change: Change = {}): ReplayFacts {
  const sourceVersion = change.sourceVersion === undefined ? version(1, [modelNode("classify")]) : change.sourceVersion;
  return {
    slug: "flow",
    payload: { n: 1 },
    spans: [],
    sourceVersion,
    targetVersion: sourceVersion,
    savedMappings: [],
    sourceChanges: null,
    record: recordsOf(change.spans ?? []),
    tools: [],
    prompt: null,
    promptTexts: new Map(),
    catalogue,
    policies: policies(),
    grants: [],
    quota: { used: 0, resetMs: 0, retryAfterMs: 0 },
    inner: [],
    lengths: new Map(),
    inside: [],
    innerRefusals: [],
    ...change,
    source: {
      id: "run_source",
      status: "completed",
      depth: 0,
      version: 1,
      environment: "production",
      ...change.source,
    } as ReplayFacts["source"],
    workflow: { id: "wf_1", pausedAt: null, pausedReason: null, ...change.workflow } as ReplayFacts["workflow"],
  };
}
