import type { JsonObject } from "#/lib/contract/json.ts";

/** The finite number under that name in a schema, else null. */
export function numberAt(schema: JsonObject, name: string): number | null {
  const value = schema[name];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/**
 * An allowed number: the smallest when there is a minimum, else the largest that is at most 0. `unit` is 1 for
 * integers, null for any number.
 */
export function numberInstance(schema: JsonObject, unit: number | null): number {
  const step = numberAt(schema, "multipleOf") ?? unit;
  const above = numberAt(schema, "exclusiveMinimum");
  const below = numberAt(schema, "exclusiveMaximum");
  const least = Math.max(numberAt(schema, "minimum") ?? Number.NEGATIVE_INFINITY, above ?? Number.NEGATIVE_INFINITY);
  const most = Math.min(numberAt(schema, "maximum") ?? Number.POSITIVE_INFINITY, below ?? Number.POSITIVE_INFINITY);
  const start = least > Number.NEGATIVE_INFINITY ? Math.max(least, Math.min(0, most)) : Math.min(0, most);
  if (step === null) return allowed(start) ? start : middle(start);
  const whole = unit === 1 && !Number.isInteger(step) ? 1 : step;
  const from = least > Number.NEGATIVE_INFINITY ? Math.ceil(start / whole) : Math.floor(start / whole);
  const direction = least > Number.NEGATIVE_INFINITY ? 1 : -1;
  const first = from * whole;
  return (allowed(first) ? first : first + direction * whole) + 0;

  function allowed(value: number): boolean {
    return value >= least && value <= most && value !== above && value !== below;
  }
  function middle(value: number): number {
    if (Number.isFinite(least) && Number.isFinite(most)) return (least + most) / 2;
    return Number.isFinite(least) ? value + 1 : value - 1;
  }
}
