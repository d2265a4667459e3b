import type { ComparedRun, RunComparison } from "#/lib/contract/compare.ts";
import { compareRuns, type ComparedBodies, type CompareStep, diffBodies } from "#/lib/traces/compare.ts";

export type FullStep = CompareStep & ComparedBodies;
export type FullSide = { run: ComparedRun; steps: readonly FullStep[] };

/** Compares two runs whose bodies are all at hand. */
export function compareWithBodies(a: FullSide, b: FullSide, mapping = {}): RunComparison {
  const full = new Map<CompareStep, FullStep>();
  const bare = ({ run, steps }: FullSide) => ({
    run,
    steps: steps.map((step) => {
      const { input: _input, output: _output, ...rest } = step;
      full.set(rest, step);
      return rest as CompareStep;
    }),
  });
  const budget = { chars: Infinity };
  return compareRuns(bare(a), bare(b), mapping, (left, right) => diffBodies(full.get(left)!, full.get(right)!, budget));
}
