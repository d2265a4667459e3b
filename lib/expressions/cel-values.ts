import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { type Budget, CelFault } from "./cel-fault.ts";

/** A list or map that an expression made. Data from outside stays plain JSON and is never copied. */
export class CelList {
  readonly items: Value[];
  constructor(items: Value[]) {
    this.items = items;
  }
}
export class CelMap {
  readonly entries: Map<string, Value>;
  constructor(entries: Map<string, Value>) {
    this.entries = entries;
  }
}
export class CelTimestamp {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
}
export class CelDuration {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
}
export class CelTypeName {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** CEL int is bigint, CEL double is number. */
export type Value =
  | null
  | boolean
  | string
  | bigint
  | number
  | Json[]
  | JsonObject
  | CelList
  | CelMap
  | CelTimestamp
  | CelDuration
  | CelTypeName;
export type ListValue = Json[] | CelList;
export type MapValue = JsonObject | CelMap;

/** A JSON number that is exactly a whole number (below 2^53) is an int; any other is a double. */
export function liftJson(value: Json): Value {
  return typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
}

export function typeName(value: Value): string {
  if (value === null) return "null_type";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return "double";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (isList(value)) return "list";
  if (value instanceof CelTimestamp) return "timestamp";
  if (value instanceof CelDuration) return "duration";
  return value instanceof CelTypeName ? "type" : "map";
}

export function isList(value: Value): value is ListValue {
  return Array.isArray(value) || value instanceof CelList;
}

export function isMap(value: Value): value is MapValue {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return !(
    value instanceof CelList ||
    value instanceof CelTimestamp ||
    value instanceof CelDuration ||
    value instanceof CelTypeName
  );
}

export function isNumber(value: Value): value is bigint | number {
  return typeof value === "bigint" || typeof value === "number";
}

export function listSize(list: ListValue): number {
  return list instanceof CelList ? list.items.length : list.length;
}

/** The element, or undefined when there is none. */
export function listAt(list: ListValue, index: number): Value | undefined {
  if (list instanceof CelList) return list.items[index];
  const item = list[index];
  return item === undefined ? undefined : liftJson(item);
}

export function mapKeys(map: MapValue): string[] {
  return map instanceof CelMap ? [...map.entries.keys()] : Object.keys(map);
}

/** Own properties only: `constructor`, `__proto__` and the like are found only where the data has such a key. */
export function mapGet(map: MapValue, key: string): Value | undefined {
  if (map instanceof CelMap) return map.entries.get(key);
  if (!Object.hasOwn(map, key)) return undefined;
  const item = map[key];
  return item === undefined ? undefined : liftJson(item);
}

/** Deep CEL equality: numbers compare by value across int and double, other types only with their own kind. */
export function equalValues(left: Value, right: Value, budget: Budget): boolean {
  budget.charge(1);
  if (left === right) return true;
  // Whole doubles and ints are equal when their values are; JS compares bigint with number exactly.
  // oxlint-disable-next-line eqeqeq
  if (isNumber(left) && isNumber(right)) return left == right;
  if (typeof left === "string" && typeof right === "string") return (budget.chargeText(left.length), false);
  if (isList(left)) return isList(right) && equalLists(left, right, budget);
  if (left instanceof CelTimestamp) return right instanceof CelTimestamp && left.ms === right.ms;
  if (left instanceof CelDuration) return right instanceof CelDuration && left.ms === right.ms;
  if (left instanceof CelTypeName) return right instanceof CelTypeName && left.name === right.name;
  return isMap(left) && isMap(right) && equalMaps(left, right, budget);
}

function equalLists(left: ListValue, right: ListValue, budget: Budget): boolean {
  const size = listSize(left);
  if (size !== listSize(right)) return false;
  for (let index = 0; index < size; index++)
    if (!equalValues(listAt(left, index) ?? null, listAt(right, index) ?? null, budget)) return false;
  return true;
}

function equalMaps(left: MapValue, right: MapValue, budget: Budget): boolean {
  const keys = mapKeys(left);
  budget.charge(keys.length);
  if (keys.length !== mapKeys(right).length) return false;
  return keys.every((key) => {
    const other = mapGet(right, key);
    return other !== undefined && equalValues(mapGet(left, key) ?? null, other, budget);
  });
}

/** The JSON of a result. CelFault for what JSON cannot carry exactly, CelLimit beyond 10 MiB. */
export function toJson(value: Value, budget: Budget): Json {
  budget.charge(1);
  if (typeof value === "bigint") return jsonInteger(value, budget);
  if (typeof value === "number") return jsonDouble(value, budget);
  if (value instanceof CelTimestamp) return toJson(timestampText(value), budget);
  if (value instanceof CelDuration) return toJson(durationText(value), budget);
  if (value instanceof CelTypeName) throw new CelFault("a type is not a JSON value");
  if (value instanceof CelList) {
    budget.chargeResult(2);
    return value.items.map((item) => toJson(item, budget));
  }
  if (value instanceof CelMap) {
    budget.chargeResult(2);
    const result: JsonObject = {};
    for (const [key, item] of value.entries) {
      budget.chargeResult(key.length + 4);
      setOwn(result, key, toJson(item, budget));
    }
    return result;
  }
  measureJson(value, budget);
  return value;
}

function jsonInteger(value: bigint, budget: Budget): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new CelFault(`the integer ${value} is too large for JSON to carry exactly`);
  budget.chargeResult(8);
  return number;
}

function jsonDouble(value: number, budget: Budget): number {
  if (!Number.isFinite(value)) throw new CelFault("the result is not a finite number");
  budget.chargeResult(8);
  // JSON writes -0 as 0: the value in memory is the same as when it is read back.
  return value === 0 ? 0 : value;
}

/**
 * Counts outside JSON against the result limit, and each of its values as a step, since a few characters can hold many
 * small values. Iterative, and stops at the limit.
 */
export function measureJson(value: Json, budget: Budget): void {
  const open: Json[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    budget.charge(1);
    if (typeof next === "string") budget.chargeResult(next.length + 2);
    else if (typeof next !== "object" || next === null) budget.chargeResult(6);
    else if (Array.isArray(next)) {
      budget.chargeResult(2 + next.length);
      for (const item of next) open.push(item);
    } else {
      budget.chargeResult(2);
      for (const key of Object.keys(next)) {
        budget.chargeResult(key.length + 4);
        open.push(next[key] ?? null);
      }
    }
  }
}

/** Sets an own property whatever its name: `__proto__` by assignment would change the prototype instead. */
export function setOwn(target: JsonObject, key: string, value: Json): void {
  if (key === "__proto__")
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  else target[key] = value;
}

export function timestampText(value: CelTimestamp): string {
  return new Date(value.ms).toISOString();
}

/** Seconds with unit, as protobuf's JSON writes a duration: `5400s`, `0.25s`. */
export function durationText(value: CelDuration): string {
  return `${value.ms / 1000}s`;
}
