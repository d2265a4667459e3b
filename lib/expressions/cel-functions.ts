import { parseDurationMs } from "#/lib/core/duration.ts";
import { type Budget, CelFault } from "./cel-fault.ts";
import { checkedInt, timestamp } from "./cel-operators.ts";
import { linearMatch } from "./linear-regex.ts";
import {
  CelDuration,
  CelList,
  CelTimestamp,
  CelTypeName,
  durationText,
  isList,
  isMap,
  listAt,
  listSize,
  mapKeys,
  timestampText,
  typeName,
  type Value,
} from "./cel-values.ts";

/** `arguments` counts a method's target as the first argument; [least, most]. */
export type CelFunction = { arguments: [number, number]; call: (args: Value[], budget: Budget) => Value };

const one: [number, number] = [1, 1];
const two: [number, number] = [2, 2];
const maxCount = 2 ** 31;

function textAt(args: Value[], index: number, name: string): string {
  const value = args[index] ?? null;
  if (typeof value !== "string") throw new CelFault(`${name} expects a string, got ${typeName(value)}`);
  return value;
}

function indexAt(args: Value[], index: number, name: string, limit: number): number {
  const value = args[index] ?? null;
  if (typeof value !== "bigint") throw new CelFault(`${name} expects an int, got ${typeName(value)}`);
  if (value < 0n || value > BigInt(limit)) throw new CelFault(`${name}: index ${value} out of range 0 to ${limit}`);
  return Number(value);
}

/** A method of strings: charges for every text it gets. */
function textMethod(name: string, range: [number, number], call: (text: string, args: Value[]) => Value): CelFunction {
  return {
    arguments: range,
    call(args, budget) {
      for (const arg of args) if (typeof arg === "string") budget.chargeText(arg.length);
      return call(textAt(args, 0, name), args);
    },
  };
}

function size([value = null]: Value[], budget: Budget): Value {
  if (typeof value === "string") {
    budget.chargeText(value.length * 4);
    let count = 0;
    for (let index = 0; index < value.length; count++) index += (value.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
    return BigInt(count);
  }
  if (isList(value)) return BigInt(listSize(value));
  if (isMap(value)) return BigInt(mapKeys(value).length);
  throw new CelFault(`size expects a string, list or map, got ${typeName(value)}`);
}

function split(args: Value[], budget: Budget): Value {
  const [text, separator] = [textAt(args, 0, "split"), textAt(args, 1, "split")];
  const limit = args.length > 2 ? indexAt(args, 2, "split", maxCount) : maxCount;
  budget.charge(1 + (text.length >> 3));
  const parts = text.split(separator);
  budget.charge(parts.length);
  if (parts.length <= limit) return new CelList(parts);
  if (limit === 0) return new CelList([]);
  return new CelList([...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)]);
}

function join(args: Value[], budget: Budget): Value {
  const list = args[0] ?? null;
  if (!isList(list)) throw new CelFault(`join expects a list, got ${typeName(list)}`);
  const separator = args.length > 1 ? textAt(args, 1, "join") : "";
  const parts: string[] = [];
  for (let index = 0; index < listSize(list); index++) {
    const item = listAt(list, index) ?? null;
    if (typeof item !== "string") throw new CelFault(`join expects a list of strings, got ${typeName(item)} in it`);
    budget.chargeText(item.length + separator.length);
    parts.push(item);
  }
  budget.chargeText(parts.reduce((length, part) => length + part.length + separator.length, 0));
  return parts.join(separator);
}

function replace(args: Value[], budget: Budget): Value {
  const [text, from, to] = [textAt(args, 0, "replace"), textAt(args, 1, "replace"), textAt(args, 2, "replace")];
  if (from === "") throw new CelFault("replace expects a non-empty text to look for");
  const limit = args.length > 3 ? indexAt(args, 3, "replace", maxCount) : maxCount;
  budget.charge(1 + (text.length >> 3));
  const parts = text.split(from);
  const count = Math.min(limit, parts.length - 1);
  budget.charge(parts.length);
  budget.chargeText(text.length + count * Math.max(0, to.length - from.length));
  const replaced = parts.slice(0, count + 1).join(to);
  return count === parts.length - 1 ? replaced : [replaced, ...parts.slice(count + 1)].join(from);
}

/** The string methods that CEL limits to ASCII letters. */
function asciiCase(text: string, upper: boolean): string {
  return upper
    ? text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())
    : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function substring(text: string, args: Value[]): Value {
  const start = indexAt(args, 1, "substring", text.length);
  const end = args.length > 2 ? indexAt(args, 2, "substring", text.length) : text.length;
  if (start > end) throw new CelFault("substring: the start is after the end");
  return text.slice(start, end);
}

function toInt([value = null]: Value[]): Value {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isFinite(value)) return checkedInt(BigInt(Math.trunc(value)));
  if (typeof value === "string" && /^[+-]?[0-9]{1,20}$/.test(value))
    return checkedInt(BigInt(value.replace(/^\+/, "")));
  if (value instanceof CelTimestamp) return BigInt(Math.floor(value.ms / 1000));
  throw new CelFault(
    typeof value === "string" ? "int: the text is not a whole number" : `int cannot convert ${typeName(value)}`,
  );
}

function toDouble([value = null]: Value[]): Value {
  if (typeof value === "bigint" || typeof value === "number") return Number(value);
  if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))) return Number(value);
  throw new CelFault(
    typeof value === "string" ? "double: the text is not a number" : `double cannot convert ${typeName(value)}`,
  );
}

function toText([value = null]: Value[]): Value {
  if (typeof value === "string") return value;
  if (typeof value === "bigint" || typeof value === "number" || typeof value === "boolean") return String(value);
  if (value instanceof CelTimestamp) return timestampText(value);
  if (value instanceof CelDuration) return durationText(value);
  throw new CelFault(`string cannot convert ${typeName(value)}`);
}

function toBool([value = null]: Value[]): Value {
  if (typeof value === "boolean") return value;
  if (value === "true" || value === "True" || value === "TRUE" || value === "t" || value === "1") return true;
  if (value === "false" || value === "False" || value === "FALSE" || value === "f" || value === "0") return false;
  throw new CelFault(
    typeof value === "string" ? "bool: the text is neither true nor false" : `bool cannot convert ${typeName(value)}`,
  );
}

const timestampPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

function toTimestamp([value = null]: Value[]): Value {
  if (value instanceof CelTimestamp) return value;
  if (typeof value === "bigint") return timestamp(Number(value) * 1000);
  const ms = typeof value === "string" && timestampPattern.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) throw new CelFault("timestamp expects a time like 2026-11-20T09:30:00Z");
  return timestamp(ms);
}

function toDuration([value = null]: Value[]): Value {
  if (value instanceof CelDuration) return value;
  if (typeof value === "bigint") return new CelDuration(Number(value) * 1000);
  const text = typeof value === "string" && value.length <= 100 ? value : "";
  const ms = parseDurationMs(text.replace(/^-/, ""));
  if (ms === null) throw new CelFault("duration expects a duration like 1h30m");
  return new CelDuration(text.startsWith("-") ? -ms : ms);
}

/** Parts of a timestamp in UTC, or of a duration in whole units. */
function timePart(name: string, ofTime: (date: Date) => number, unitMs?: number): [string, CelFunction] {
  const call = ([value = null]: Value[]): Value => {
    if (value instanceof CelTimestamp) return BigInt(ofTime(new Date(value.ms)));
    if (value instanceof CelDuration && unitMs !== undefined) return BigInt(Math.trunc(value.ms / unitMs));
    throw new CelFault(`${name} expects a timestamp, got ${typeName(value)}`);
  };
  return [name, { arguments: one, call }];
}

export const functions: ReadonlyMap<string, CelFunction> = new Map<string, CelFunction>([
  ["size", { arguments: one, call: size }],
  ["int", { arguments: one, call: toInt }],
  ["double", { arguments: one, call: toDouble }],
  ["string", { arguments: one, call: toText }],
  ["bool", { arguments: one, call: toBool }],
  ["dyn", { arguments: one, call: ([value = null]) => value }],
  ["type", { arguments: one, call: ([value = null]) => new CelTypeName(typeName(value)) }],
  ["timestamp", { arguments: one, call: toTimestamp }],
  ["duration", { arguments: one, call: toDuration }],
]);

export const methods: ReadonlyMap<string, CelFunction> = new Map<string, CelFunction>([
  ["size", { arguments: one, call: size }],
  ["contains", textMethod("contains", two, (text, args) => text.includes(textAt(args, 1, "contains")))],
  ["startsWith", textMethod("startsWith", two, (text, args) => text.startsWith(textAt(args, 1, "startsWith")))],
  ["endsWith", textMethod("endsWith", two, (text, args) => text.endsWith(textAt(args, 1, "endsWith")))],
  [
    "matches",
    {
      arguments: two,
      call: (args, budget) => linearMatch(textAt(args, 1, "matches"), textAt(args, 0, "matches"), budget),
    },
  ],
  ["charAt", textMethod("charAt", two, (text, args) => text.charAt(indexAt(args, 1, "charAt", text.length)))],
  [
    "indexOf",
    textMethod("indexOf", [2, 3], (text, args) =>
      BigInt(text.indexOf(textAt(args, 1, "indexOf"), args.length > 2 ? indexAt(args, 2, "indexOf", text.length) : 0)),
    ),
  ],
  [
    "lastIndexOf",
    textMethod("lastIndexOf", [2, 3], (text, args) =>
      BigInt(
        text.lastIndexOf(
          textAt(args, 1, "lastIndexOf"),
          args.length > 2 ? indexAt(args, 2, "lastIndexOf", text.length) : text.length,
        ),
      ),
    ),
  ],
  ["lowerAscii", textMethod("lowerAscii", one, (text) => asciiCase(text, false))],
  ["upperAscii", textMethod("upperAscii", one, (text) => asciiCase(text, true))],
  ["substring", textMethod("substring", [2, 3], substring)],
  ["trim", textMethod("trim", one, (text) => text.trim())],
  ["replace", { arguments: [3, 4], call: replace }],
  ["split", { arguments: [2, 3], call: split }],
  ["join", { arguments: [1, 2], call: join }],
  timePart("getFullYear", (date) => date.getUTCFullYear()),
  timePart("getMonth", (date) => date.getUTCMonth()),
  timePart("getDate", (date) => date.getUTCDate()),
  timePart("getDayOfMonth", (date) => date.getUTCDate() - 1),
  timePart("getDayOfWeek", (date) => date.getUTCDay()),
  timePart("getHours", (date) => date.getUTCHours(), 3_600_000),
  timePart("getMinutes", (date) => date.getUTCMinutes(), 60_000),
  timePart("getSeconds", (date) => date.getUTCSeconds(), 1000),
  timePart("getMilliseconds", (date) => date.getUTCMilliseconds(), 1),
]);
