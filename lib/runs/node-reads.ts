import type { Json } from "#/lib/contract/json.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { compileCondition, expressionsOf, type CompiledExpression } from "#/lib/expressions/expression.ts";
import type { NodeDefinition } from "#/lib/workflows/definition.ts";
import { callsModel, effectivePrompt, type RunOverrides } from "./overrides.ts";
import type { Transforms } from "./stable-parts.ts";

/** The nodes whose outputs expressions read; `all` when they may read any. */
export type Reads = { ids: ReadonlySet<string>; all: boolean };

/** Transforms whose values are a run's own, with what they read. */
export type OwnTransforms = ReadonlyMap<string, Reads>;

type Around = {
  overrides: RunOverrides;
  prompts: ReadonlyMap<string, string>;
  own: OwnTransforms;
};

/**
 * What the expressions of one node read: its own, those of its prompt, and those of the transforms it reads that read
 * `env` or `run`. Those transforms are evaluated again for what the record knows the node's calls by (stable-parts.ts).
 * A map reads only its list: the nodes inside read for themselves. Named tools read no nodes. Pure.
 */
export function readsOf(node: NodeDefinition, around: Around): Reads {
  const { when, ...own } = node;
  const texts: Json[] = [(own.type === "map" ? own.over : own) as Json];
  const pin = callsModel(node) ? effectivePrompt(node, around.overrides) : null;
  if (pin) texts.push(around.prompts.get(`${pin.artifact}@${pin.hash}`) ?? "");
  return withTransforms(texts, when, around.own);
}

/** What a value's templates read directly. Pure. */
export function readsOfValue(value: Json): Reads {
  return withTransforms([value], undefined, new Map());
}

function withTransforms(texts: Json[], when: string | undefined, own: OwnTransforms): Reads {
  const ids = new Set<string>();
  let all = false;
  const take = (read: () => CompiledExpression[]) => {
    try {
      for (const expression of read()) {
        for (const id of expression.nodeIds) ids.add(id);
        all ||= expression.readsAnyNode;
      }
    } catch (error) {
      // What does not compile fails where it is used; what else it reads is not known.
      if (!(error instanceof DomainError)) throw error;
      all = true;
    }
  };
  for (const text of texts) take(() => expressionsOf(text));
  if (when !== undefined) take(() => [compileCondition(when)]);
  // Iterating a set includes what is added meanwhile: a transform may read another.
  for (const id of ids) {
    const behind = own.get(id);
    for (const inner of behind?.ids ?? []) ids.add(inner);
    all ||= behind?.all === true;
  }
  return { ids, all };
}

/**
 * The transforms that read `env` or `run`, directly or through another, each with what it reads. One that does not
 * compile, or may read any node, counts too. Pure; linear in the number of transforms.
 */
export function ownTransforms(transforms: Transforms): OwnTransforms {
  const readers = new Map<string, string[]>();
  const found: string[] = [];
  const reads = new Map<string, Reads>();
  for (const [id, value] of transforms) {
    const read = readsOfValue(value);
    reads.set(id, read);
    if (read.all || readsRun(value)) found.push(id);
    for (const inner of read.ids) {
      const known = readers.get(inner);
      if (known) known.push(id);
      else readers.set(inner, [id]);
    }
  }
  const own = new Map<string, Reads>();
  for (let id = found.pop(); id !== undefined; id = found.pop()) {
    const read = reads.get(id);
    if (!read || own.has(id)) continue;
    own.set(id, read);
    found.push(...(readers.get(id) ?? []));
  }
  return own;
}

function readsRun(value: Json): boolean {
  return expressionsOf(value).some(({ variables }) => variables.includes("env") || variables.includes("run"));
}
