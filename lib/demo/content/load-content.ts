import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Json, JsonObject } from "#/lib/contract/json.ts";

/** A prompt of the demo with the texts of its revisions, oldest first. */
export type DemoPrompt = { name: string; revisions: string[] };
/** A workflow of the demo; `versions[0]` is version 1. Prompts in them are placeholders, see `withPrompts`. */
export type DemoWorkflow = { slug: string; name: string; versions: JsonObject[] };
/** Where a revision ended up: the artifact's id and the content hashes of its revisions, oldest first. */
export type PlacedPrompt = { id: string; hashes: string[] };

const revisions = { classify: 1, decide: 3, reply: 1, digest: 1 };
const workflows: [slug: string, name: string, versions: number][] = [
  ["support-refund", "Support refund", 2],
  ["order-digest", "Morning order digest", 1],
  ["flaky-carrier", "Track a parcel at its carrier", 1],
  ["assess-order", "Assess one order", 1],
  ["weekly-refund-review", "Weekly refund review", 1],
];

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

/** The prompts of the demo, to be created before its workflows. */
export function demoPrompts(): DemoPrompt[] {
  return Object.entries(revisions).map(([name, count]) => ({
    name,
    revisions: upTo(count).map((n) => read(`./prompts/${name}.${n}.md`)),
  }));
}

/** The workflows of the demo, each with all its versions. */
export function demoWorkflows(): DemoWorkflow[] {
  return workflows.map(([slug, name, count]) => ({
    slug,
    name,
    versions: upTo(count).map((n) => parse(read(`./${slug}.v${n}.yaml`)) as JsonObject),
  }));
}

/** A trigger payload from examples/tickets, by its file name without `.json`. */
export function demoTicket(name: string): JsonObject {
  return JSON.parse(read(`../../../examples/tickets/${name}.json`)) as JsonObject;
}

/**
 * The definition with each `prompt: { artifact: "@decide", hash: "@2" }` replaced by the artifact's id and that
 * revision's hash (`@latest` = the newest). Throws for a prompt or revision that was not placed.
 */
export function withPrompts(definition: JsonObject, placed: Record<string, PlacedPrompt>): JsonObject {
  return replaced(definition, placed) as JsonObject;
}

function replaced(value: Json, placed: Record<string, PlacedPrompt>): Json {
  if (Array.isArray(value)) return value.map((item) => replaced(item, placed));
  if (typeof value !== "object" || value === null) return value;
  if (typeof value.artifact === "string" && value.artifact.startsWith("@"))
    return placedPrompt(value.artifact.slice(1), String(value.hash), placed);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, replaced(item, placed)]));
}

function placedPrompt(name: string, revision: string, placed: Record<string, PlacedPrompt>): JsonObject {
  const prompt = Object.hasOwn(placed, name) ? placed[name] : undefined;
  const hash = revision === "@latest" ? prompt?.hashes.at(-1) : prompt?.hashes[Number(revision.slice(1)) - 1];
  if (!prompt || !hash) throw new Error(`The demo prompt ${name} has no revision ${revision}`);
  return { artifact: prompt.id, hash };
}
