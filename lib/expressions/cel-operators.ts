import { type Budget, CelFault } from "./cel-fault.ts";
import {
  CelDuration,
  CelList,
  CelTimestamp,
  equalValues,
  isList,
  isMap,
  isNumber,
  listAt,
  listSize,
  mapGet,
  typeName,
  type Value,
} from "./cel-values.ts";

export type Operator = (args: Value[], budget: Budget) => Value;

const maxInt = 2n ** 63n - 1n;
const minInt = -(2n ** 63n);

/** CEL's 64-bit signed integers; overflow is a fault, never a wrap. */
export function checkedInt(value: bigint): bigint {
  if (value > maxInt || value < minInt) throw new CelFault("integer overflow (64 bits)");
  return value;
}

function noOverload(operator: string, left: Value, right: Value): CelFault {
  const text = [left, right].some((value) => typeof value === "string") && operator === "+";
  return new CelFault(
    `cannot apply ${operator} to ${typeName(left)} and ${typeName(right)}${text ? "; string(x) turns a value into text" : ""}`,
  );
}

/** Two ints give an int; an int and a double give a double (CEL refuses to mix them, but JSON has one number type). */
function arithmetic(symbol: string, ints: (a: bigint, b: bigint) => bigint, doubles: (a: number, b: number) => number) {
  return ([left = null, right = null]: Value[]): Value => {
    if (typeof left === "bigint" && typeof right === "bigint") return checkedInt(ints(left, right));
    if (isNumber(left) && isNumber(right)) return doubles(Number(left), Number(right));
    throw noOverload(symbol, left, right);
  };
}

const addNumbers = arithmetic(
  "+",
  (a, b) => a + b,
  (a, b) => a + b,
);
const subtractNumbers = arithmetic(
  "-",
  (a, b) => a - b,
  (a, b) => a - b,
);

function add(args: Value[], budget: Budget): Value {
  const [left = null, right = null] = args;
  if (typeof left === "string" && typeof right === "string") {
    budget.chargeText(left.length + right.length);
    return left + right;
  }
  if (isList(left) && isList(right)) {
    const size = listSize(left);
    budget.charge(size + listSize(right));
    const itemAt = (index: number) => (index < size ? listAt(left, index) : listAt(right, index - size)) ?? null;
    return new CelList(Array.from({ length: size + listSize(right) }, (_, index) => itemAt(index)));
  }
  if (left instanceof CelTimestamp && right instanceof CelDuration) return timestamp(left.ms + right.ms);
  if (left instanceof CelDuration && right instanceof CelTimestamp) return timestamp(left.ms + right.ms);
  if (left instanceof CelDuration && right instanceof CelDuration) return new CelDuration(left.ms + right.ms);
  return addNumbers(args);
}

function subtract(args: Value[]): Value {
  const [left, right] = args;
  if (left instanceof CelTimestamp && right instanceof CelTimestamp) return new CelDuration(left.ms - right.ms);
  if (left instanceof CelTimestamp && right instanceof CelDuration) return timestamp(left.ms - right.ms);
  if (left instanceof CelDuration && right instanceof CelDuration) return new CelDuration(left.ms - right.ms);
  return subtractNumbers(args);
}

/** A timestamp within what ISO 8601 text can carry (years 0 to 9999). */
export function timestamp(ms: number): CelTimestamp {
  const inRange = ms >= -62_167_219_200_000 && ms <= 253_402_300_799_999;
  if (!inRange) throw new CelFault("timestamp out of range");
  return new CelTimestamp(ms);
}

/**
 * The exact quotient, as an int where it is a whole number: 25 / 2 is 12.5, whatever types the two had. CEL truncates
 * the quotient of two ints, so the same expression would truncate 25 / 2 but not 25.5 / 2. `int(a / b)` truncates.
 */
function divide([left = null, right = null]: Value[]): Value {
  if (!isNumber(left) || !isNumber(right)) throw noOverload("/", left, right);
  refuseZero(right);
  if (typeof left === "bigint" && typeof right === "bigint" && left % right === 0n) return checkedInt(left / right);
  return Number(left) / Number(right);
}

function modulo([left = null, right = null]: Value[]): Value {
  if (!isNumber(left) || !isNumber(right)) throw noOverload("%", left, right);
  refuseZero(right);
  if (typeof left === "bigint" && typeof right === "bigint") return left % right;
  return Number(left) % Number(right);
}

function refuseZero(divisor: bigint | number): void {
  if (Number(divisor) === 0) throw new CelFault("division by zero");
}

function negate([value = null]: Value[]): Value {
  if (typeof value === "bigint") return checkedInt(-value);
  if (typeof value === "number") return -value;
  throw new CelFault(`cannot negate ${typeName(value)}`);
}

function not([value = null]: Value[]): Value {
  if (typeof value !== "boolean") throw new CelFault(`! expects a bool, got ${typeName(value)}`);
  return !value;
}

function comparison(symbol: string, test: (order: number) => boolean): Operator {
  return ([left = null, right = null], budget) => {
    if (isNumber(left) && isNumber(right)) return test(order(left, right));
    if (typeof left === "string" && typeof right === "string") {
      budget.chargeText(Math.min(left.length, right.length));
      return test(order(left, right));
    }
    if (typeof left === "boolean" && typeof right === "boolean") return test(order(left, right));
    if (left instanceof CelTimestamp && right instanceof CelTimestamp) return test(order(left.ms, right.ms));
    if (left instanceof CelDuration && right instanceof CelDuration) return test(order(left.ms, right.ms));
    throw noOverload(symbol, left, right);
  };
}

function order<Ordered extends bigint | number | string | boolean>(left: Ordered, right: Ordered): number {
  if (left < right) return -1;
  if (left > right) return 1;
  // NaN is neither below, above nor equal to anything: every comparison with it is false.
  return left === right || (typeof left !== typeof right && !Number.isNaN(left) && !Number.isNaN(right))
    ? 0
    : Number.NaN;
}

function isIn([needle = null, haystack = null]: Value[], budget: Budget): Value {
  if (isMap(haystack)) return typeof needle === "string" && mapGet(haystack, needle) !== undefined;
  if (!isList(haystack)) throw new CelFault(`in expects a list or a map on its right, got ${typeName(haystack)}`);
  for (let index = 0; index < listSize(haystack); index++)
    if (equalValues(listAt(haystack, index) ?? null, needle, budget)) return true;
  return false;
}

/** The operators that need all their arguments; `&&`, `||`, `?:` and `[]` are compiled separately. */
export const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ["_+_", add],
  ["_-_", subtract],
  [
    "_*_",
    arithmetic(
      "*",
      (a, b) => a * b,
      (a, b) => a * b,
    ),
  ],
  ["_/_", divide],
  ["_%_", modulo],
  ["-_", negate],
  ["!_", not],
  ["_==_", ([left = null, right = null], budget) => equalValues(left, right, budget)],
  ["_!=_", ([left = null, right = null], budget) => !equalValues(left, right, budget)],
  ["_<_", comparison("<", (sign) => sign < 0)],
  ["_<=_", comparison("<=", (sign) => sign <= 0)],
  ["_>_", comparison(">", (sign) => sign > 0)],
  ["_>=_", comparison(">=", (sign) => sign >= 0)],
  ["@in", isIn],
]);
