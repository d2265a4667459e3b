import type { ValueChange, ValueDiff } from "#/lib/contract/compare.ts";
import type { Json } from "#/lib/contract/json.ts";

/** The most places that one diff lists. */
const maxChanges = 200;
/** The most characters of a value in one change (as JSON); the span itself has all of it. */
const maxValueChars = 20_000;
/** Of a longer name in a path only the start is told: it would be repeated for every place below it. */
const longestName = 200;

/** How many characters several diffs may carry together; the rest is only reported as different. */
export type DiffBudget = { chars: number };

type Pair = { path: string; a: Json | undefined; b: Json | undefined };

/**
 * Where two JSON values differ, in document order; null when they are equal. Objects are compared by key regardless of
 * order, lists by index. Iterative, so that depth is no limit.
 */
export function diffValues(a: Json, b: Json, budget: DiffBudget = { chars: Infinity }): ValueDiff | null {
  const changes: ValueChange[] = [];
  let truncated = false;
  const open: Pair[] = [{ path: "", a, b }];
  for (let next = open.pop(); next; next = open.pop()) {
    const inner = innerPairs(next);
    if (inner) {
      for (const pair of inner.toReversed()) open.push(pair);
      continue;
    }
    if (next.a === next.b) continue;
    if (changes.length === maxChanges || budget.chars <= 0) {
      truncated = true;
      break;
    }
    const [left, right] = [cut(next.a), cut(next.b)];
    truncated ||= left.isCut || right.isCut;
    budget.chars -= next.path.length + left.chars + right.chars;
    const op = next.a === undefined ? "added" : next.b === undefined ? "removed" : "changed";
    changes.push({ path: next.path, op, a: left.value, b: right.value });
  }
  return changes.length === 0 && !truncated ? null : { changes, truncated };
}

/** The members of two objects or two lists, side by side; null when the values are to be compared as such. */
function innerPairs({ path, a, b }: Pair): Pair[] | null {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return null;
  if (Array.isArray(a) !== Array.isArray(b)) return null;
  if (Array.isArray(a) && Array.isArray(b))
    return Array.from({ length: Math.max(a.length, b.length) }, (_unused, index) => ({
      path: `${path}/${index}`,
      a: a[index],
      b: b[index],
    }));
  const [left, right] = [a as Record<string, Json>, b as Record<string, Json>];
  const names = [...Object.keys(left), ...Object.keys(right).filter((name) => !Object.hasOwn(left, name))];
  return names.map((name) => ({
    path: `${path}/${step(name)}`,
    a: Object.hasOwn(left, name) ? left[name] : undefined,
    b: Object.hasOwn(right, name) ? right[name] : undefined,
  }));
}

function step(name: string): string {
  const shown = name.length > longestName ? `${name.slice(0, longestName)}…` : name;
  return shown.replaceAll("~", "~0").replaceAll("/", "~1");
}

function cut(value: Json | undefined): { value: Json; isCut: boolean; chars: number } {
  if (value === undefined) return { value: null, isCut: false, chars: 0 };
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (text.length <= maxValueChars) return { value, isCut: false, chars: text.length };
  return { value: `${text.slice(0, maxValueChars)}…`, isCut: true, chars: maxValueChars };
}
