import type { ComparedStep, NumberDelta, RunComparison } from "#/lib/contract/compare.ts";
import { answeredByAnother } from "#/lib/contract/answered-model.ts";
import type { CliCommand } from "../cli.ts";
import { formatCost, formatCount, formatDuration, formatStatus } from "../format.ts";
import type { Output } from "../output.ts";

export const command: CliCommand<object, [id: string, other: string]> = {
  configure: (command) => command.argument("<id>", "a run").argument("<other>", "the run to compare it with"),
  async run(cli, _options, id, other) {
    const comparison = await (await cli.client()).runs.compare(id, other);
    if (cli.output.isJson) return cli.output.json(comparison);
    showTotals(cli.output, comparison);
    cli.output.line();
    showSteps(cli.output, comparison);
  },
};

function showTotals(output: Output, { a, b, totals, counts }: RunComparison): void {
  const both = (delta: NumberDelta, format: (value: number | null) => string) =>
    `${format(delta.a)} → ${format(delta.b)}`;
  output.fields([
    ["Runs", `${a.id} → ${b.id}`],
    ["Status", `${formatStatus(a)} → ${formatStatus(b)}`],
    ["Steps", both(totals.steps, formatCount)],
    ["Duration", both(totals.durationMs, formatDuration)],
    ["Tokens in", both(totals.inputTokens, formatCount)],
    ["Tokens out", both(totals.outputTokens, formatCount)],
    ["Cost", both(totals.costMicros, formatCost)],
    ["Same", `${counts.same} same, ${counts.changed} changed, ${counts.onlyA} only before, ${counts.onlyB} only after`],
  ]);
}

function showSteps(output: Output, { steps, firstDivergence }: RunComparison): void {
  output.table(
    [
      { title: "" },
      { title: "STEP", shrinkTo: 12 },
      { title: "DIFFERS IN", shrinkTo: 10 },
      { title: "BEFORE", shrinkTo: 8 },
      { title: "AFTER", shrinkTo: 8 },
      { title: "DURATION", optional: 1 },
    ],
    steps.map((step, index) => [
      index === firstDivergence ? ">" : " ",
      step.b?.key ?? step.a?.key ?? "",
      differencesOf(step),
      sideOf(step.a),
      sideOf(step.b),
      `${formatDuration(step.durationMs.a)} → ${formatDuration(step.durationMs.b)}`,
    ]),
  );
}

function differencesOf({ a, b, differences }: ComparedStep): string {
  if (a === null) return "only after";
  if (b === null) return "only before";
  return differences.length === 0 ? "same" : differences.join(", ");
}

function sideOf(side: ComparedStep["a"]): string {
  if (side === null) return "";
  const { status, modelRef, answeredModel, effect } = side;
  const model = answeredByAnother(modelRef, answeredModel) ? `${modelRef} answered by ${answeredModel}` : modelRef;
  return [status, model, effect?.verdict].filter(Boolean).join(" ");
}
