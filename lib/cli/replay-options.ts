import type { Command } from "commander";
import type { ReplayRequest } from "#/lib/contract/replay.ts";
import { usageError } from "./exit-code.ts";
import { collected, dollars, versionNumber } from "./option-values.ts";
import { readJsonInput } from "./read-input.ts";

export type ReplayCommandOptions = {
  prompt?: string;
  hash?: string;
  modelId?: string;
  modelRef?: string;
  node?: string[];
  from?: string;
  targetVersion?: number | "latest";
  map?: string[];
  payload?: string;
  env?: string;
  maxCost?: number;
};

/** What a replay changes; without options runs are replayed as is. `costFlag` limits what each replay may cost. */
export function addReplayOptions(command: Command, costFlag = "--max-cost"): Command {
  return command
    .option("--prompt <artifact>", "replay with another prompt: the artifact's id")
    .option("--hash <hash>", "… and the revision's content hash (sha256:…)")
    .option("--model-id <id>", "replay with another model: its id")
    .option("--model-ref <ref>", "… and its ref (provider:model)")
    .option("--node <id>", "change only this node (repeatable)", collected)
    .option(
      "--from <node>",
      "start at this step (a node, or a path such as each[2].score or review/assess) and reuse what is before it",
    )
    .option("--target-version <version>", "run on this version, or on latest", versionNumber)
    .option("--map <old=new>", "the node's id in the target version; `old=` if it was removed (repeatable)", collected)
    .option("--payload <file>", "another trigger payload, as JSON (- for stdin)")
    .option("--env <name>", "in this environment")
    .option(`${costFlag} <dollars>`, "stop a replay before it costs more", dollars);
}

/** The request that the options stand for. Throws a usage error for halves of a pair. */
export async function replayRequestOf(options: ReplayCommandOptions): Promise<ReplayRequest> {
  const prompt = pairOf(["--prompt", options.prompt], ["--hash", options.hash]);
  const model = pairOf(["--model-id", options.modelId], ["--model-ref", options.modelRef]);
  if (prompt && model) throw usageError("A replay changes the prompt or the model, not both.");
  if (options.node && !prompt && !model) throw usageError("--node needs --prompt or --model-id.");
  const mapping = options.map && mappingOf(options.map);
  const payload = options.payload === undefined ? undefined : await readJsonInput(options.payload);
  return {
    ...(prompt ? { mode: "prompt", prompt: { artifactId: prompt[0], contentHash: prompt[1] } } : {}),
    ...(model ? { mode: "model", model: { id: model[0], ref: model[1] } } : {}),
    ...(options.node ? { nodeIds: options.node } : {}),
    ...(options.from === undefined ? {} : { fromNodeId: options.from }),
    ...(options.targetVersion === undefined ? {} : { targetVersion: options.targetVersion }),
    ...(mapping ? { nodeMapping: mapping } : {}),
    ...(payload === undefined ? {} : { payload }),
    ...(options.env === undefined ? {} : { environment: options.env }),
    ...(options.maxCost === undefined ? {} : { maxCostMicros: options.maxCost }),
  };
}

type Part = [name: string, value: string | undefined];

function pairOf([name, value]: Part, [otherName, other]: Part): [string, string] | null {
  if (value === undefined && other === undefined) return null;
  if (value === undefined) throw usageError(`${otherName} needs ${name} as well.`);
  if (other === undefined) throw usageError(`${name} needs ${otherName} as well.`);
  return [value, other];
}

/** `old=new` pairs as a node mapping; `old=` says that the node is gone. */
export function mappingOf(pairs: string[]): Record<string, string | null> {
  const mapping = new Map<string, string | null>();
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at < 1) throw usageError(`--map takes old=new, or old= for a removed node; got ${pair}`);
    const old = pair.slice(0, at);
    if (mapping.has(old)) throw usageError(`--map names ${old} twice.`);
    mapping.set(old, pair.slice(at + 1) || null);
  }
  return Object.fromEntries(mapping);
}
