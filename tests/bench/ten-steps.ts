/** The workflows of the engine benchmark: ten steps in a row, each of which writes about 1 KB. */
export const stepCount = 10;
export const kinds = ["transform", "tool"] as const;
export type Kind = (typeof kinds)[number];

const text = "The parcel left the depot on Tuesday and has not been seen since. ".repeat(14);
const short = "The parcel left the depot on Tuesday and has not been seen since. ".repeat(7);

/** What a span of step `index` keeps, as the bare loop writes it. */
export function stepBodies(kind: Kind, index: number) {
  if (kind === "transform") return { input: null, output: { step: index, text, next: index + 1 } };
  const output = { step: index, text: short, next: index + 1 };
  return { input: { arguments: { data: output, pointer: "" }, request: { builtin: "json.pointer" } }, output };
}

const next = (index: number) => (index === 0 ? 1 : `{{ nodes.s${index - 1}.output.next + 1 }}`);

/** What a step does: computes a value, or has a built-in tool give it back (a call, gated and committed by itself). */
const actions = {
  transform: (index: number) => ({ type: "transform", value: { step: index, text, next: next(index) } }),
  tool: (index: number) => ({
    type: "tool",
    builtin: "json.pointer",
    arguments: { data: { step: index, text: short, next: next(index) }, pointer: "" },
  }),
};

/** A workflow of ten such steps; each takes a value from the step before, so that it cannot begin sooner. */
export function tenSteps(kind: Kind) {
  return {
    name: slugOf(kind),
    nodes: Array.from({ length: stepCount }, (_, index) => ({
      id: `s${index}`,
      ...(index === 0 ? {} : { needs: [`s${index - 1}`] }),
      ...actions[kind](index),
    })),
    output: `{{ nodes.s${stepCount - 1}.output.next }}`,
  };
}

export const slugOf = (kind: Kind) => `ten-${kind}-steps`;
