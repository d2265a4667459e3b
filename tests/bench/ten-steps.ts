/** The workflow of the engine benchmarks: ten transforms in a row, each of which writes about 1 KB. */
export const stepCount = 10;

const text = "The parcel left the depot on Tuesday and has not been seen since. ".repeat(14);

/** What step `index` puts out, as the bare loop writes it. */
export function stepOutput(index: number) {
  return { step: index, text, next: index + 1 };
}

/** The workflow; each step computes one value from the step before, so that it cannot begin sooner. */
export const tenSteps = {
  name: "ten-steps",
  nodes: Array.from({ length: stepCount }, (_, index) => ({
    id: `s${index}`,
    type: "transform",
    ...(index === 0 ? {} : { needs: [`s${index - 1}`] }),
    value: { step: index, text, next: index === 0 ? 1 : `{{ nodes.s${index - 1}.output.next + 1 }}` },
  })),
  output: `{{ nodes.s${stepCount - 1}.output.next }}`,
};
