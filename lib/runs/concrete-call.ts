import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { IgnoredPart } from "#/lib/tools/ignored-parts.ts";
import type { ToolFacts } from "#/lib/tools/mutability.ts";
import type { ToolSource } from "#/lib/tools/tool-source.ts";
import type { RetryPolicy } from "#/lib/workflows/definition.ts";
import type { Scope } from "#/lib/expressions/expression.ts";
import type { Rendering } from "./rendering.ts";

/** One call of a tool, from a tool node or from an agent's turn. */
export type ToolCall = {
  key: string;
  kind: "tool" | "tool_call";
  parentId: string | null;
  nodeId: string;
  /** Identity for the record: the tool's name, or the name of a node's own call (tool-calls.ts). */
  tool: string;
  source: ToolSource;
  mutating: boolean | undefined;
  /** Arguments that a model chose, or that a node passes; null for a node's own HTTP request. */
  args: Json | null;
  /**
   * The arguments as the record knows them (stable-parts.ts), and the parts of the call that do not count towards it.
   */
  identity: { args: Json | null; ignored: readonly IgnoredPart[] };
  /** The author's schema of the answer; without one, the tool's own applies. */
  outputSchema: JsonObject | null;
  scope: Scope;
  rendering: Rendering;
  /** The node's own policies.replay.allowMutations. */
  nodeAllowsMutations: boolean | undefined;
  retry: RetryPolicy | undefined;
  timeoutMs: number | undefined;
  /** Its place among calls that were requested together. */
  turn?: Turn;
};

/** `come` resolves when all calls ahead have left; each that has come must leave. */
export type Turn = { come: () => Promise<void>; leave: () => void };

/** How a call is made once the gate has let it through. */
export type SendWay = {
  timeoutMs: number;
  idempotencyKey: string | null;
  /** Awaited when the connection is open, before the first byte of a request that only leads up to the call … */
  check: () => Promise<void>;
  /** … and before that of the call itself. An error that either throws stops the attempt. */
  leave: () => Promise<void>;
};
export type CallAnswer = { output: Json; attributes: JsonObject };

/**
 * A call that is fully known and not yet sent: what the gate judges, what the trace shows, and the only way to make it.
 * Each kind of tool builds its own (http-concrete.ts, mcp-concrete.ts, builtin-concrete.ts).
 */
export type ConcreteCall = {
  /** Name of a node's own call in the trace; an agent's call has the tool's. */
  name: string;
  /** What would be sent, as the trace shows it. */
  request: Json;
  /** The request as the record knows it; null when nobody can know what would be sent. */
  identity: Json | null;
  /** Further parts that do not count, besides those that the call's author named. */
  ignored?: readonly IgnoredPart[];
  facts: ToolFacts;
  outputSchema: JsonObject | null;
  timeoutMs: number | undefined;
  /** What the call is judged by now, where the workspace has a say in it: read from the database. */
  factsNow?: () => Promise<ToolFacts>;
  /**
   * For a tool that is read-only by its definition: asks whether the definition is unchanged; asking has no side
   * effects. A replay asks before each attempt of such a call.
   */
  recheck?: () => Promise<ToolFacts>;
  /** Throws ToolCallError. */
  send: (way: SendWay) => Promise<CallAnswer>;
};
