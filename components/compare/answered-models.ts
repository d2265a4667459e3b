import type { ComparedStep } from "#/lib/contract/compare.ts";
import { answeredByAnother } from "#/lib/contract/answered-model.ts";

/** Whether to say which models answered a step: one is not the model asked for, or the two sides differ. Pure. */
export function saysWhoAnswered({ a, b }: Pick<ComparedStep, "a" | "b">): boolean {
  const isOther = [a, b].some((side) => side !== null && answeredByAnother(side.modelRef, side.answeredModel));
  const [left, right] = [a?.answeredModel ?? null, b?.answeredModel ?? null];
  return isOther || (left !== null && right !== null && left !== right && a?.modelRef === b?.modelRef);
}
