import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { Slots } from "#/lib/core/slots.ts";
import type { ResolvedAccess } from "#/lib/models/provider-access.ts";
import type { WorkspaceRef } from "#/lib/tenancy/ctx.ts";
import type { OwnTexts } from "#/lib/tools/canonical-call.ts";
import type { NodeDefinition, WorkflowDefinition } from "#/lib/workflows/definition.ts";
import type { Reads } from "./node-reads.ts";
import type { LevelOutputs, Outputs } from "./outputs.ts";
import type { RunOverrides } from "./overrides.ts";
import type { MapThen } from "./recorded-list.ts";
import type { RecordedCalls } from "./recorded-calls.ts";
import type { RunRow } from "./run-store.ts";
import type { SpanRow } from "./span-store.ts";
import type { Transforms } from "./stable-parts.ts";
import { Interrupted } from "./step-failure.ts";
import type { SpanWriter } from "./span-writer.ts";

/** Everything that the steps of one held run share. */
export type Session = {
  run: RunRow;
  owner: string;
  workspace: WorkspaceRef;
  definition: WorkflowDefinition;
  overrides: RunOverrides;
  /** Values that all expressions see. */
  scope: { trigger: Json; env: { [name: string]: string }; run: JsonObject };
  /** The outputs of the steps; `level` holds those that are not inside a map. */
  outputs: Outputs;
  level: LevelOutputs;
  /** What the expressions of a node read. */
  reads: (node: NodeDefinition) => Reads;
  /** Prompt texts by `artifact@hash`, verified against their hash when the run was claimed. */
  prompts: ReadonlyMap<string, string>;
  writer: SpanWriter;
  /** Spans that an earlier holder wrote, by key. */
  earlier: ReadonlyMap<string, SpanRow>;
  recorded: RecordedCalls | null;
  /**
   * In a run that starts from a step inside of others: the paths of those (reused-steps.ts), and the maps among them as
   * they were.
   */
  from: { ways: ReadonlySet<string>; maps: ReadonlyMap<string, MapThen> };
  /** Texts in which this run differs from every other: its id and time, and those of the runs around it. */
  ownTexts: OwnTexts;
  /** The templates of the version's transforms, by node id. */
  transforms: Transforms;
  /** In a replay: the run that the step with this key started in the original, if it did. */
  sourceChildren: ((key: string) => RunRow | null) | null;
  stop: StopSignal;
  /**
   * To be called when the run turns out to be long (long-runs.ts). True when it is let go, after the steps in flight, for
   * whoever executes long runs; false when that is here.
   */
  foundLong: () => boolean;
  /** For tools: guarded against private networks. */
  fetch: typeof fetch;
  /**
   * For providers, by whose address it is: as patient as models need; a workspace's own address is guarded like tools.
   */
  providerFetch: Record<ResolvedAccess["origin"], typeof fetch>;
  spent: { micros: number };
  /** For the calls of the run's steps, however its maps and agents are nested. */
  calls: Slots;
  /** For transforms: one at a time, so that their outputs do not pile up before they are written. */
  computing: Slots;
};

/** `handover` and `shutdown`: the worker ends and another one continues; `lost`: another one has already continued. */
export type StopReason = "cancel" | "pause" | "timed_out" | "lost" | "handover" | "shutdown";

/** These stop the run after the steps in flight; any other reason aborts them. */
const gentle: ReadonlySet<StopReason | null> = new Set([null, "pause", "handover"]);

/** One abort signal per held run, with its reason: the first that aborts, otherwise the first of all. */
export class StopSignal {
  readonly #controller = new AbortController();
  #why: StopReason | null = null;

  get reason(): StopReason | null {
    return this.#why;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  stop(reason: StopReason): void {
    const aborts = !gentle.has(reason);
    if (this.#why === null || (aborts && gentle.has(this.#why))) this.#why = reason;
    if (aborts) this.#controller.abort(new Interrupted(reason));
  }

  /** Will another worker continue the run? Then what was stopped stays as it is, for that worker to take over. */
  get passedOn(): boolean {
    return this.#why === "lost" || this.#why === "shutdown";
  }
}
