import type { JsonObject } from "#/lib/contract/json.ts";
import type { PressureStage } from "./pressure-stage.ts";

/** One kind of hostile load, which a tenant sends again and again. */
export type Attack = {
  name: string;
  /** How many send it at once, each again as soon as the last was answered. */
  atOnce: number;
  /** Sets up what it needs, as the tenant could, and gives what is done each time: the status that was answered. */
  begin(stage: PressureStage): Promise<Strike>;
};

/** `turn` counts from 0; `signal` ends it when the time of the attack is over. Throws when no answer came. */
export type Strike = (turn: number, signal: AbortSignal) => Promise<number>;

/** A definition of these nodes. */
export function flow(nodes: object[], more: object = {}): JsonObject {
  return { name: "flow", nodes, ...more } as JsonObject;
}

/** A node that gives this value. */
export const transform = (id: string, value: unknown, more: object = {}) => ({ id, type: "transform", value, ...more });

/** So many of something, made from their number. */
export function many<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
