import type { GrantState } from "#/lib/contract/mutation-grant.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import { storedDefinition } from "#/lib/workflows/stored-definition.ts";
import { toolCalls } from "#/lib/workflows/tool-calls.ts";

export const grantTone = {
  requested: "warning",
  active: "live",
  expired: "neutral",
  revoked: "neutral",
  lapsed: "neutral",
} as const satisfies Record<GrantState, string>;

export const grantLabel: Record<GrantState, string> = {
  requested: "waiting for approval",
  active: "active",
  expired: "expired",
  revoked: "revoked",
  lapsed: "lapsed",
};

const minuteMs = 60_000;
export const grantDurations: readonly { ms: number; label: string }[] = [
  { ms: 15 * minuteMs, label: "15 minutes" },
  { ms: 60 * minuteMs, label: "1 hour" },
  { ms: 4 * 60 * minuteMs, label: "4 hours" },
  { ms: 8 * 60 * minuteMs, label: "8 hours" },
  { ms: 24 * 60 * minuteMs, label: "24 hours" },
];

/** A node whose tool calls can be granted; `refuses`: the node itself says false, which no grant overrides. */
export type GrantableNode = { id: string; tools: string[]; refuses: boolean };

/** The nodes of a stored definition that call tools, in the author's order. Pure. */
export function grantableNodes(definition: JsonObject): GrantableNode[] {
  const nodes = new Map<string, GrantableNode>();
  for (const call of toolCalls(storedDefinition(definition))) {
    const node = nodes.get(call.nodeId) ?? {
      id: call.nodeId,
      tools: [],
      refuses: call.nodeAllowsMutations === false,
    };
    node.tools.push(call.tool);
    nodes.set(call.nodeId, node);
  }
  return [...nodes.values()];
}
