import { parse } from "@bufbuild/cel";
import { type Budget, CelFault } from "./cel-fault.ts";
import { type CelFunction, functions, methods } from "./cel-functions.ts";
import { operators } from "./cel-operators.ts";
import {
  boolOf,
  collect,
  elementOf,
  type Evaluate,
  evaluateWith,
  fieldOf,
  globalValue,
  iterate,
  localValue,
  logical,
  orMissing,
  quantify,
  type Scope,
} from "./cel-runtime.ts";
import { CelList, CelMap, CelTypeName, isMap, mapGet, typeName, type Value } from "./cel-values.ts";
import { checkPattern } from "./linear-regex.ts";

type ParsedCel = ReturnType<typeof parse>;
type Expr = ParsedCel["expr"];
type Call = Extract<Expr["exprKind"], { case: "callExpr" }>["value"];
type Select = Extract<Expr["exprKind"], { case: "selectExpr" }>["value"];
type Struct = Extract<Expr["exprKind"], { case: "structExpr" }>["value"];
type Constant = Extract<Expr["exprKind"], { case: "constExpr" }>["value"];

export type CompiledCel = {
  /** Throws CelFault or CelLimit. */
  evaluate(scope: Scope, budget: Budget): Value;
  /** Free variables, in order of appearance. */
  variables: string[];
  /** Ids of nodes named by `nodes.<id>` or `nodes["id"]`. */
  nodeIds: string[];
  /** True when `nodes` is also used in some other way, so that any node may be meant. */
  readsAnyNode: boolean;
  /** Payload fields that it reads as `trigger.<field>` without testing for them with `has`. */
  triggerFields: string[];
};

/** Deepest nesting of an expression: the evaluator recurses once per level. */
const maxDepth = 300;
const typeNames = new Set(["int", "double", "bool", "string", "list", "map", "null_type"]);

/**
 * Compiles CEL to closures. The library provides the grammar and the macros; evaluation is ours, because it must be
 * bounded, must not touch prototypes, and must read JSON without copying it (docs/decisions/0006-expressions.md).
 * Throws CelFault, with a position, for anything that is known to fail before there is data.
 */
export function compileCel(source: string): CompiledCel {
  const parsed = parseCel(source);
  const compiler = new Compiler(parsed);
  const evaluate = compiler.compile(parsed.expr, null, 0);
  return {
    evaluate: (scope, budget) => evaluate({ scope, budget, local: null }),
    variables: [...compiler.variables],
    nodeIds: [...compiler.nodeIds],
    readsAnyNode: compiler.readsAnyNode,
    triggerFields: [...compiler.triggerFields].filter((field) => !compiler.askedFields.has(field)),
  };
}

function parseCel(source: string): ParsedCel {
  try {
    // A comment must end with a line.
    return parse(`${source}\n`);
  } catch (error) {
    if (error instanceof RangeError) throw new CelFault("it is nested too deeply");
    const fault = error as Error & { location?: { start?: { offset?: number } } };
    const text = fault.message
      .replace(/^.*<input>:\d+:\d+: /, "")
      .replace(/ but expecting '!', .*$/s, ", where a value is expected")
      .replace(/^reserved keyword$/, 'reserved word; as a field write it in brackets, as in nodes["in"]');
    throw new CelFault(`syntax error: ${text.slice(0, 200)}`, fault.location?.start?.offset);
  }
}

type Names = { name: string; outer: Names } | null;

class Compiler {
  readonly variables = new Set<string>();
  readonly nodeIds = new Set<string>();
  readsAnyNode = false;
  readonly triggerFields = new Set<string>();
  readonly askedFields = new Set<string>();
  readonly #info: ParsedCel["sourceInfo"];

  constructor(parsed: ParsedCel) {
    this.#info = parsed.sourceInfo;
  }

  compile(expr: Expr, names: Names, depth: number): Evaluate {
    if (depth > maxDepth) throw new CelFault(`it is nested deeper than ${maxDepth} levels`, this.#position(expr));
    const macro = this.#info?.macroCalls[String(expr.id)];
    const evaluate = this.#compileKind(expr, macro, names, depth + 1);
    const position = this.#position(expr);
    return (frame) => {
      frame.budget.charge(1);
      try {
        return evaluate(frame);
      } catch (error) {
        if (error instanceof CelFault) error.position ??= position;
        throw error;
      }
    };
  }

  #compileKind(expr: Expr, macro: Expr | undefined, names: Names, depth: number): Evaluate {
    if (macro?.exprKind.case === "callExpr") return this.#compileMacro(macro.exprKind.value, expr, names, depth);
    const kind = expr.exprKind;
    switch (kind.case) {
      case "constExpr":
        return this.#compileConstant(kind.value, expr);
      case "identExpr":
        return this.#compileName(kind.value.name, names);
      case "selectExpr":
        return this.#compileSelect(kind.value, expr, names, depth);
      case "callExpr":
        return this.#compileCall(kind.value, expr, names, depth);
      case "listExpr": {
        const items = kind.value.elements.map((item) => this.compile(item, names, depth));
        return (frame) => new CelList(items.map((item) => item(frame)));
      }
      case "structExpr":
        return this.#compileMap(kind.value, expr, names, depth);
      default:
        throw new CelFault("this form is not supported", this.#position(expr));
    }
  }

  #position(expr: Expr): number | undefined {
    return this.#info?.positions[String(expr.id)];
  }

  #compileConstant(constant: Constant, expr: Expr): Evaluate {
    const kind = constant.constantKind;
    switch (kind.case) {
      case "int64Value":
      case "doubleValue":
      case "stringValue":
      case "boolValue": {
        const value = kind.value;
        return () => value;
      }
      case "nullValue":
        return () => null;
      case "uint64Value":
        throw new CelFault("unsigned numbers are not supported; write 1 instead of 1u", this.#position(expr));
      default:
        throw new CelFault("byte texts are not supported", this.#position(expr));
    }
  }

  #compileName(name: string, names: Names): Evaluate {
    if (isLocal(name, names)) return (frame) => localValue(frame.local, name);
    if (typeNames.has(name)) {
      const type = new CelTypeName(name);
      return ({ scope }) => (Object.hasOwn(scope, name) ? globalValue(scope, name) : type);
    }
    this.variables.add(name);
    if (name === "nodes") this.readsAnyNode = true;
    return ({ scope }) => globalValue(scope, name);
  }

  /** `nodes.x` and `nodes["x"]` name one node; any other use of `nodes` may read any. Likewise for payload fields. */
  #compileOperand(operand: Expr, field: string | undefined, names: Names, depth: number): Evaluate {
    const name = operand.exprKind.case === "identExpr" ? operand.exprKind.value.name : null;
    if (name === "trigger" && field !== undefined && !isLocal("trigger", names)) this.triggerFields.add(field);
    if (name !== "nodes" || field === undefined || isLocal("nodes", names)) return this.compile(operand, names, depth);
    const before = this.readsAnyNode;
    const evaluate = this.compile(operand, names, depth);
    this.readsAnyNode = before;
    this.nodeIds.add(field);
    return evaluate;
  }

  #compileSelect(select: Select, expr: Expr, names: Names, depth: number): Evaluate {
    if (!select.operand) throw new CelFault("incomplete", this.#position(expr));
    const { field } = select;
    const shown = pathText(select.operand);
    const operand = this.#compileOperand(select.operand, field, names, depth);
    return (frame) => fieldOf(operand(frame), field, shown);
  }

  #compileHas(call: Call, expr: Expr, names: Names, depth: number): Evaluate {
    const kind = call.args[0]?.exprKind;
    if (kind?.case !== "selectExpr" || !kind.value.operand)
      throw new CelFault("has expects a field, as in has(trigger.ticket)", this.#position(expr));
    const { field } = kind.value;
    const operand = this.#compileOperand(kind.value.operand, field, names, depth);
    for (const asked of askedOfTrigger(kind.value)) this.askedFields.add(asked);
    return (frame) => {
      const target = orMissing(operand, frame);
      return target !== undefined && isMap(target) && mapGet(target, field) !== undefined;
    };
  }

  #compileMap(struct: Struct, expr: Expr, names: Names, depth: number): Evaluate {
    if (struct.messageName !== "") throw new CelFault(`unknown type ${struct.messageName}`, this.#position(expr));
    const entries = struct.entries.map((entry) => {
      if (entry.keyKind.case !== "mapKey" || !entry.value) throw new CelFault("incomplete map", this.#position(expr));
      return [this.compile(entry.keyKind.value, names, depth), this.compile(entry.value, names, depth)] as const;
    });
    return (frame) => {
      const map = new Map<string, Value>();
      for (const [key, value] of entries) {
        const name = key(frame);
        if (typeof name !== "string") throw new CelFault(`a map's keys must be strings, got ${typeName(name)}`);
        if (map.has(name)) throw new CelFault(`the map has the key ${JSON.stringify(name)} twice`);
        map.set(name, value(frame));
      }
      return new CelMap(map);
    };
  }

  #compileCall(call: Call, expr: Expr, names: Names, depth: number): Evaluate {
    if (call.function === "_[_]") return this.#compileIndex(call, expr, names, depth);
    const args = (call.target ? [call.target, ...call.args] : call.args).map((arg) => this.compile(arg, names, depth));
    const [first, second, third] = args;
    if (call.function === "_&&_") return (frame) => logical(args, frame, false, "&&");
    if (call.function === "_||_") return (frame) => logical(args, frame, true, "||");
    if (call.function === "_?_:_" && first && second && third)
      return (frame) => (boolOf(first(frame), "?:") ? second(frame) : third(frame));
    const operator = operators.get(call.function);
    if (operator && !call.target)
      return (frame) =>
        operator(
          args.map((arg) => arg(frame)),
          frame.budget,
        );
    const found = this.#findFunction(call, expr);
    return (frame) =>
      found.call(
        args.map((arg) => arg(frame)),
        frame.budget,
      );
  }

  #findFunction(call: Call, expr: Expr): CelFunction {
    const found = (call.target ? methods : functions).get(call.function);
    const position = this.#position(expr);
    if (!found && call.function === "has")
      throw new CelFault("has expects a field, as in has(trigger.ticket)", position);
    if (!found) {
      const other = (call.target ? functions : methods).has(call.function);
      const hint = other ? `; write ${call.target ? `${call.function}(x)` : `x.${call.function}()`}` : "";
      throw new CelFault(`unknown ${call.target ? "method" : "function"} ${call.function}${hint}`, position);
    }
    const count = call.args.length + (call.target ? 1 : 0);
    const [least, most] = found.arguments;
    if (count < least || count > most) throw new CelFault(`wrong number of arguments for ${call.function}`, position);
    if (call.function === "matches") this.#checkPattern(call.args[0], position);
    return found;
  }

  #checkPattern(pattern: Expr | undefined, position: number | undefined): void {
    if (pattern?.exprKind.case !== "constExpr") return;
    const constant = pattern.exprKind.value.constantKind;
    if (constant.case !== "stringValue") return;
    try {
      checkPattern(constant.value);
    } catch (error) {
      throw error instanceof CelFault ? new CelFault(error.message, position) : error;
    }
  }

  #compileIndex(call: Call, expr: Expr, names: Names, depth: number): Evaluate {
    const [operandExpr, indexExpr] = call.args;
    if (!operandExpr || !indexExpr) throw new CelFault("incomplete", this.#position(expr));
    const constant = indexExpr.exprKind.case === "constExpr" ? indexExpr.exprKind.value.constantKind : undefined;
    const field = constant?.case === "stringValue" ? constant.value : undefined;
    const operand = this.#compileOperand(operandExpr, field, names, depth);
    const index = this.compile(indexExpr, names, depth);
    const shown = pathText(operandExpr);
    return (frame) => elementOf(operand(frame), index(frame), shown);
  }

  /** Macros are compiled from the call as written; inside another macro the library keeps nothing else of it. */
  #compileMacro(call: Call, expr: Expr, names: Names, depth: number): Evaluate {
    if (call.function === "has") return this.#compileHas(call, expr, names, depth);
    const [variable, ...rest] = call.args;
    if (!call.target || variable?.exprKind.case !== "identExpr" || rest.length === 0)
      throw new CelFault(`${call.function} expects a variable name and an expression`, this.#position(expr));
    const name = variable.exprKind.value.name;
    const range = this.compile(call.target, names, depth);
    const bodies = rest.map((body) => this.compile(body, { name, outer: names }, depth));
    const [test = noBody, result] = bodies;
    switch (call.function) {
      case "map":
        return (frame) => collect(frame, name, range, result ? test : null, result ?? test);
      case "filter":
        return (frame) => collect(frame, name, range, test, null);
      case "all":
        return (frame) => quantify(frame, name, range, test, false);
      case "exists":
        return (frame) => quantify(frame, name, range, test, true);
      case "exists_one":
        return (frame) =>
          iterate(frame, range).filter((item) => boolOf(evaluateWith(frame, name, item, test), "exists_one")).length ===
          1;
      default:
        throw new CelFault(`unknown macro ${call.function}`, this.#position(expr));
    }
  }
}

const noBody: Evaluate = () => null;

function isLocal(name: string, names: Names): boolean {
  for (let scope = names; scope; scope = scope.outer) if (scope.name === name) return true;
  return false;
}

/** `trigger.items[0]` for a chain of names, else "the value". */
function pathText(expr: Expr): string {
  const kind = expr.exprKind;
  if (kind.case === "identExpr") return kind.value.name;
  if (kind.case === "selectExpr" && kind.value.operand && !kind.value.testOnly)
    return `${pathText(kind.value.operand)}.${kind.value.field}`;
  if (kind.case === "callExpr" && kind.value.function === "_[_]" && kind.value.args[0])
    return `${pathText(kind.value.args[0])}[…]`;
  return "the value";
}

/** The field of `trigger` that `has(trigger.x)`, or `has(trigger.x.y)`, asks for. */
function askedOfTrigger({ operand, field }: Select): string[] {
  const kind = operand?.exprKind;
  if (kind?.case === "identExpr") return kind.value.name === "trigger" ? [field] : [];
  return kind?.case === "selectExpr" ? askedOfTrigger(kind.value) : [];
}
