import type { Json } from "#/lib/contract/json.ts";
import { type Budget, CelFault } from "./cel-fault.ts";
import {
  CelList,
  isList,
  isMap,
  liftJson,
  listAt,
  listSize,
  mapGet,
  mapKeys,
  typeName,
  type Value,
} from "./cel-values.ts";

/** The variables of one evaluation, by name; JSON is read in place, through own properties only. */
export type Scope = Readonly<Record<string, Json | undefined>>;

/** A variable of a macro, innermost first. */
export type Local = { name: string; value: Value; outer: Local | null };
export type Frame = { scope: Scope; budget: Budget; local: Local | null };
export type Evaluate = (frame: Frame) => Value;

export function localValue(local: Local | null, name: string): Value {
  for (let scope = local; scope; scope = scope.outer) if (scope.name === name) return scope.value;
  throw new CelFault(`unknown variable ${name}`);
}

export function globalValue(scope: Scope, name: string): Value {
  const value = Object.hasOwn(scope, name) ? scope[name] : undefined;
  if (value === undefined) throw new CelFault(`unknown variable ${name}`);
  return liftJson(value);
}

export function fieldOf(target: Value, field: string, shown: string): Value {
  if (!isMap(target)) throw new CelFault(`${shown} is ${describe(target)} and has no field ${quoted(field)}`);
  const value = mapGet(target, field);
  if (value !== undefined) return value;
  throw new CelFault(
    `${shown} has no field ${quoted(field)}${shown === "nodes" ? " (that node has not completed)" : ""}`,
  );
}

export function elementOf(target: Value, index: Value, shown: string): Value {
  if (isMap(target)) {
    if (typeof index !== "string")
      throw new CelFault(`${shown} is a map: its keys are strings, got ${typeName(index)}`);
    return fieldOf(target, index, shown);
  }
  if (!isList(target)) throw new CelFault(`${shown} is ${describe(target)} and has no elements`);
  const position = typeof index === "bigint" || typeof index === "number" ? Number(index) : Number.NaN;
  if (!Number.isInteger(position))
    throw new CelFault(`${shown} is a list: its index is an int, got ${typeName(index)}`);
  const value = position >= 0 ? listAt(target, position) : undefined;
  if (value === undefined) throw new CelFault(`${shown} has no element ${position}: it holds ${listSize(target)}`);
  return value;
}

/** The operand of `has()`: a missing or null step along the path makes `has` false instead of failing. */
export function orMissing(operand: Evaluate, frame: Frame): Value | undefined {
  try {
    return operand(frame);
  } catch (error) {
    if (!(error instanceof CelFault)) throw error;
    frame.budget.chargeFault();
    return undefined;
  }
}

export function boolOf(value: Value, where: string): boolean {
  if (typeof value !== "boolean") throw new CelFault(`${where} expects a bool, got ${typeName(value)}`);
  return value;
}

/** In CEL's `&&` and `||` the order does not matter: a deciding value wins over a fault on the other side. */
export function logical(args: Evaluate[], frame: Frame, deciding: boolean, symbol: string): boolean {
  let fault: CelFault | undefined;
  for (const arg of args) {
    try {
      if (boolOf(arg(frame), symbol) === deciding) return deciding;
    } catch (error) {
      if (!(error instanceof CelFault)) throw error;
      frame.budget.chargeFault();
      fault ??= error;
    }
  }
  if (fault) throw fault;
  return !deciding;
}

export function iterate(frame: Frame, range: Evaluate): Value[] {
  const over = range(frame);
  if (isMap(over)) {
    const keys = mapKeys(over);
    frame.budget.charge(keys.length);
    return keys;
  }
  if (!isList(over)) throw new CelFault(`expected a list or a map to go through, got ${typeName(over)}`);
  frame.budget.charge(listSize(over));
  return Array.from({ length: listSize(over) }, (_, index) => listAt(over, index) ?? null);
}

export function evaluateWith(frame: Frame, name: string, value: Value, body: Evaluate): Value {
  const outer = frame.local;
  frame.local = { name, value, outer };
  try {
    return body(frame);
  } finally {
    frame.local = outer;
  }
}

export function collect(
  frame: Frame,
  name: string,
  range: Evaluate,
  test: Evaluate | null,
  result: Evaluate | null,
): CelList {
  const items: Value[] = [];
  for (const item of iterate(frame, range)) {
    if (test && !boolOf(evaluateWith(frame, name, item, test), result ? "map" : "filter")) continue;
    items.push(result ? evaluateWith(frame, name, item, result) : item);
  }
  return new CelList(items);
}

export function quantify(frame: Frame, name: string, range: Evaluate, test: Evaluate, deciding: boolean): boolean {
  let fault: CelFault | undefined;
  for (const item of iterate(frame, range)) {
    try {
      if (boolOf(evaluateWith(frame, name, item, test), deciding ? "exists" : "all") === deciding) return deciding;
    } catch (error) {
      if (!(error instanceof CelFault)) throw error;
      frame.budget.chargeFault();
      fault ??= error;
    }
  }
  if (fault) throw fault;
  return !deciding;
}

function describe(value: Value): string {
  return value === null ? "null" : `a ${typeName(value)}`;
}

function quoted(field: string): string {
  return JSON.stringify(field.length > 80 ? `${field.slice(0, 80)}…` : field);
}
