import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { RunError } from "#/lib/contract/run.ts";
import type { Scope } from "#/lib/expressions/expression.ts";
import type { NodeDefinition } from "#/lib/workflows/definition.ts";
import type { LevelOutputs } from "./outputs.ts";
import type { Rendering } from "./rendering.ts";
import type { Session } from "./session.ts";
import type { Wait } from "./waiting.ts";

/**
 * Where a step is in the run: its path, the span around it, what its expressions see (only those other nodes that they
 * read), and how they are evaluated.
 */
export type Place = { key: string; parentId: string | null; scope: Scope; rendering: Rendering };

/** One level of nodes: the version itself (`prefix` empty), or the inside of one item of a map (`each[2].`). */
export type Level = {
  nodes: readonly NodeDefinition[];
  prefix: string;
  parentId: string | null;
  /** What expressions see except `nodes` … */
  scope: Scope;
  /** … and the nodes that have ended, in this level and those around it. */
  outputs: LevelOutputs;
};

/** What expressions see of a node that has ended. */
export function nodeFacts(status: "completed" | "skipped", output: Json): JsonObject {
  return { output, status };
}

/** How a level came to a halt. `ended`: every node has completed or was skipped. */
export type LevelEnd = { ended: boolean; failures: RunError[]; waits: Wait[] };

/** Walks a level; handed down to the steps that hold levels of their own. */
export type WalkLevel = (session: Session, level: Level) => Promise<LevelEnd>;
