import { createHash } from "node:crypto";
import type { Json } from "#/lib/contract/json.ts";
import { longestPayloadText, mostPayloadFields, type PayloadCondition } from "#/lib/contract/payload-path.ts";

/** A payload of many empty or nested objects is read only up to this many of them, since it is read under a lock. */
const mostContainers = 10_000;

/**
 * The terms by which a run is found: one for each scalar of its payload, level by level, up to `mostPayloadFields`.
 * Pure; breadth first without recursion, since depth and size are the sender's choice.
 */
export function payloadTerms(workspaceId: string, payload: Json): string[] {
  const terms = new Set<string>();
  const containers: Container[] = [];
  const open = (value: object, path: string[], length: number) => {
    if (containers.length < mostContainers) containers.push({ value, path, length });
  };
  if (isContainer(payload)) open(payload, [], -1);
  for (let at = 0; at < containers.length; at++) {
    const { value: container, path, length } = containers[at] as Container;
    for (const key of Object.keys(container)) {
      const long = length + 1 + key.length;
      if (long > longestPayloadText) continue;
      const value = (container as Record<string, Json>)[key] as Json;
      if (isContainer(value)) open(value, [...path, key], long);
      else addTerm(terms, workspaceId, [...path, key], textOf(value));
      if (terms.size >= mostPayloadFields) return [...terms];
    }
  }
  return [...terms];
}

/** `length`: of the path as text, roughly as a filter writes it. */
type Container = { value: object; path: string[]; length: number };

function addTerm(terms: Set<string>, workspaceId: string, path: string[], value: string): void {
  if (value.length <= longestPayloadText) terms.add(payloadTerm(workspaceId, { path, value }));
}

/**
 * A condition as a term: 128 bits of SHA-256 over workspace, path and text, written as a uuid. With this many bits,
 * equal terms mean equal fields: nothing is compared with the payload again. Pure.
 */
export function payloadTerm(workspaceId: string, { path, value }: PayloadCondition): string {
  // JSON keeps the parts apart, and escapes lone surrogates, which UTF-8 would make the same.
  const hex = createHash("sha256")
    .update(JSON.stringify([workspaceId, ...path, value]))
    .digest("hex");
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function isContainer(value: Json): value is Json[] | { [key: string]: Json } {
  return typeof value === "object" && value !== null;
}

/** The text of a scalar, as a filter names it. */
function textOf(value: null | boolean | number | string): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
