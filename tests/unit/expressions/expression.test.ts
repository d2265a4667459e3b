import { describe, expect, test } from "vitest";
import type { Json } from "#/lib/contract/json.ts";
import { DomainError } from "#/lib/core/errors.ts";
import {
  compileExpression,
  evaluateCondition,
  compileCondition,
  compileTemplate,
  type Scope,
} from "#/lib/expressions/expression.ts";
import { evaluateExpression } from "./evaluate-expression.ts";

const scope: Scope = {
  trigger: {
    n: 3,
    d: 2.5,
    s: "héllo 👋",
    z: null,
    yes: true,
    list: [1, 2, 3],
    items: [
      { price: 1.5, count: 2 },
      { price: 2, count: 1 },
    ],
    "a-b": 1,
    constructor: "own",
    big: 1e20,
  },
  nodes: { classify: { output: { kind: "refund" } }, "my-id": { output: 5 } },
  env: { URL: "http://x" },
  run: { id: "run_1" },
};

function faultOf(work: () => unknown): DomainError {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error("expected a DomainError");
}

describe("values", () => {
  const cases: [string, Json][] = [
    ["trigger.n + 1", 4],
    ["trigger.n + trigger.d", 5.5],
    ["trigger.n * 1.1 > 3", true],
    ["trigger.n / 2", 1.5],
    ["25 / 2", 12.5],
    ["25.0 / 2", 12.5],
    ["25 / 2.0", 12.5],
    ["25.5 / 2", 12.75],
    ["24 / 2", 12],
    ["-7 / 2", -3.5],
    ["int(25 / 2)", 12],
    ["int(-7 / 2)", -3],
    ["size(trigger.items) / 4", 0.5],
    ["25 / 2 == 25.0 / 2 && 24 / 2 == 24.0 / 2", true],
    ["trigger.items[size(trigger.items) / 2].count", 1],
    ["9223372036854775807 / 9223372036854775807", 1],
    ["7.5 % 2", 1.5],
    ["25.0 % 2", 1],
    ["(7.5 * 2) % 2", 1],
    ["0 * -1.5", 0],
    ["double(trigger.n) / 2", 1.5],
    ["trigger.n % 2", 1],
    ["-trigger.n", -3],
    ["1 == 1.0 && [1] == [1.0] && {'a': 1} == {'a': 1.0}", true],
    ["1 < 2.5 && 2.5 < 3 && 'a' < 'b'", true],
    ["2 <= 2.0 && 2.0 >= 2 && !(2 < 2.0)", true],
    ["trigger.big", 1e20],
    ["trigger.z", null],
    ["trigger['a-b']", 1],
    ["nodes['my-id'].output", 5],
    ["nodes.classify.output.kind == 'refund'", true],
    ["trigger.items.map(i, i.price * i.count)", [3, 2]],
    ["trigger.items.map(i, double(i.count)).map(c, c / 2)", [1, 0.5]],
    ["trigger.list.filter(x, x > 1)", [2, 3]],
    ["trigger.list.map(x, x > 1, x * 10)", [20, 30]],
    [
      "trigger.list.map(x, trigger.items.map(y, y.count + x))",
      [
        [3, 2],
        [4, 3],
        [5, 4],
      ],
    ],
    ["trigger.list.exists(x, x == 2) && trigger.list.all(x, x > 0)", true],
    ["trigger.list.exists_one(x, x > 2)", true],
    ["trigger.list.exists_one(x, x > 1)", false],
    ["{'a': {'b': 1}}.a.b", 1],
    ["{'a': 1, 'b': [trigger.n]}", { a: 1, b: [3] }],
    ["{'a': 1}.map(k, k)", ["a"]],
    ["trigger.list + [4]", [1, 2, 3, 4]],
    ["2 in trigger.list", true],
    ["'z' in trigger && !('q' in trigger)", true],
    ["size(trigger.s) == 7 && trigger.list.size() == 3 && size(env) == 1", true],
    ["true ? 'a' : 'b'", "a"],
    ["timestamp('2026-01-01T00:00:00Z') + duration('1h30m')", "2026-01-01T01:30:00.000Z"],
    ["timestamp('2026-01-02T00:00:00Z') - timestamp('2026-01-01T00:00:00Z') > duration('23h')", true],
    ["timestamp('2026-03-05T10:11:12Z').getFullYear()", 2026],
    ["duration('90s')", "90s"],
    ["type(1) == int && type(1.5) == double && type(trigger.list) == list", true],
    ["int('42') + int(2.9)", 44],
    ["string(trigger.d) + string(true)", "2.5true"],
    ["trigger.n // the number", 3],
  ];
  test.each(cases)("%s", (source, expected) => expect(evaluateExpression(source, scope)).toEqual(expected));
});

describe("texts", () => {
  const cases: [string, Json][] = [
    ["trigger.s.contains('llo')", true],
    ["trigger.s.startsWith('hé') && !trigger.s.endsWith('hé')", true],
    ["trigger.s.matches('^h.llo')", true],
    ["'ABC é'.lowerAscii() + 'abc é'.upperAscii()", "abc éABC é"],
    ["'a,b,c'.split(',')", ["a", "b", "c"]],
    ["'a,b,c'.split(',', 2)", ["a", "b,c"]],
    ["'a,b'.split(',', 0)", []],
    ["['a', 'b'].join('-') + ['a', 'b'].join()", "a-bab"],
    ["'aXbX'.replace('X', '-')", "a-b-"],
    ["'aXbX'.replace('X', '-', 1)", "a-bX"],
    ["'abc'.replace('b', '$&')", "a$&c"],
    ["'hello'.substring(1, 3) + 'hello'.substring(3)", "ello"],
    ["'hello'.indexOf('l') * 10 + 'hello'.lastIndexOf('l')", 23],
    ["'hello'.charAt(1) + '  x '.trim()", "ex"],
  ];
  test.each(cases)("%s", (source, expected) => expect(evaluateExpression(source, scope)).toEqual(expected));
});

describe("what is not there", () => {
  test("has() is false for a missing field, a missing link and null on the way, and true for a null field", () => {
    for (const [source, expected] of [
      ["has(trigger.x)", false],
      ["has(trigger.x.y.z)", false],
      ["has(trigger.z.y)", false],
      ["has(trigger.z)", true],
      ["has(nodes.gone.output)", false],
      ["has(trigger.x) ? trigger.x : 'default'", "default"],
      [
        "trigger.items.all(i, has(i.price) && !has(i.nope)) && trigger.list.filter(x, !has(trigger.x)).size() == 3",
        true,
      ],
    ] as const)
      expect([source, evaluateExpression(source, scope)]).toEqual([source, expected]);
  });
  test.each([
    ["trigger.ticket.id", 'trigger has no field "ticket"'],
    ["trigger.z.id", "trigger.z is null"],
    ["trigger.n.id", "trigger.n is a int"],
    ["trigger.list[5]", "trigger.list has no element 5"],
    ["trigger.list[-1]", "trigger.list has no element -1"],
    ["trigger.list['a']", "trigger.list is a list"],
    ["nodes.later.output", 'nodes has no field "later"'],
    ["nope + 1", "unknown variable nope"],
  ])("%s names the expression and what is missing", (source, message) => {
    const fault = faultOf(() => evaluateExpression(source, scope));
    expect(fault.code).toBe("expression_failed");
    expect(fault.message).toContain(`\`${source}\``);
    expect(fault.message).toContain(message);
  });
  test("a deciding side of && and || wins over a fault on the other", () => {
    expect(evaluateExpression("trigger.x || true", scope)).toBe(true);
    expect(evaluateExpression("trigger.x && false", scope)).toBe(false);
    expect(evaluateExpression("trigger.items.exists(i, i.nope == 1 || i.count == 1)", scope)).toBe(true);
    expect(faultOf(() => evaluateExpression("trigger.x || false", scope)).message).toContain('no field "x"');
  });
});

describe("prototypes", () => {
  test.each(["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"])(
    "%s is no variable and no field",
    (name) => {
      expect(faultOf(() => evaluateExpression(name, scope)).message).toContain("unknown variable");
      for (const target of ["env", "nodes", "trigger.list", "trigger.s", "trigger.n"])
        expect(faultOf(() => evaluateExpression(`${target}.${name}`, scope)).code).toBe("expression_failed");
      expect(evaluateExpression(`has(env.${name})`, scope)).toBe(false);
      expect(evaluateExpression(`'${name}' in env`, scope)).toBe(false);
    },
  );
  test("own keys of such names are data", () => {
    const hostile = { trigger: JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}') as Json };
    expect(evaluateExpression("trigger.__proto__.x + trigger.constructor", hostile)).toBe(3);
    const copied = evaluateExpression("{'__proto__': {'polluted': true}}", hostile) as object;
    expect(Object.hasOwn(copied, "__proto__")).toBe(true);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe("faults", () => {
  test.each([
    ["1 / 0", "division by zero"],
    ["1.0 / 0.0", "division by zero"],
    ["1 / 0.0", "division by zero"],
    ["5.5 % 0", "division by zero"],
    ["1e308 * 10", "not a finite number"],
    ["9223372036854775807 + 1", "integer overflow"],
    ["9007199254740993", "too large for JSON"],
    ["'a' + 1", "string(x) turns a value into text"],
    ["'a' < 1", "cannot apply <"],
    ["!1", "! expects a bool"],
    ["1 ? 2 : 3", "?: expects a bool"],
    ["trigger.n && true", "&& expects a bool"],
    ["{1: 2}", "keys must be strings"],
    ["{'a': 1, 'a': 2}", "twice"],
    ["trigger.n.map(x, x)", "expected a list or a map"],
    ["int('x')", "not a whole number"],
    ["type(1)", "not a JSON value"],
  ])("%s: %s", (source, message) =>
    expect(faultOf(() => evaluateExpression(source, scope)).message).toContain(message),
  );

  test.each([
    ["a ==", 3],
    ["foo(1)", 1],
    ["1 + trigger.nope()", 12],
    ["1u", 1],
    ["'x'.matches('(?=a)')", 4],
    ["google.protobuf.Timestamp{}", undefined],
    ["size()", 1],
    ["", undefined],
    ["'abc", 1],
  ])("%s does not compile, with its position", (source, position) => {
    const fault = faultOf(() => compileExpression(source));
    expect(fault.code).toBe("expression_failed");
    if (position !== undefined) expect(fault.message).toMatch(new RegExp(`at character \\d+`));
  });
  test("a position counts from the expression's start", () => {
    expect(faultOf(() => compileExpression("trigger.a + foo(1)")).details).toMatchObject({ position: 12 });
  });
});

describe("conditions", () => {
  test("are true or false, with or without braces", () => {
    expect(evaluateCondition("nodes.classify.output.kind == 'refund'", scope)).toBe(true);
    expect(evaluateCondition(" {{ trigger.n > 5 }} ", scope)).toBe(false);
  });
  test.each(["1", "'true'", "null", "trigger.list", "trigger.z"])("%s is refused: not a bool", (source) => {
    expect(faultOf(() => evaluateCondition(source, scope)).message).toContain("true or false");
  });
  test.each(["{{ true }} and", "{{ true }}{{ true }}"])("%s is refused: not one expression", (source) => {
    expect(faultOf(() => evaluateCondition(source, scope)).code).toBe("expression_failed");
  });
});

describe("references", () => {
  const referencesOf = (text: string) => {
    const expressions = compileTemplate(text).parts.filter((part) => typeof part !== "string");
    return {
      ids: expressions.flatMap(({ nodeIds }) => nodeIds),
      all: expressions.some(({ readsAnyNode }) => readsAnyNode),
    };
  };

  test.each<[string, { ids: string[]; all: boolean }]>([
    ["{{ nodes.a.output }} and {{ nodes['my-id'].output }}", { ids: ["a", "my-id"], all: false }],
    ["{{ has(nodes.q.output) && nodes.q.output.x }}", { ids: ["q"], all: false }],
    ["{{ nodes[trigger.x] }}", { ids: [], all: true }],
    ["{{ size(nodes) }}", { ids: [], all: true }],
    ["{{ trigger.list.map(nodes, nodes.x) }}", { ids: [], all: false }],
    ["{{ trigger.list.map(x, nodes.a.output[x]) }}", { ids: ["a"], all: false }],
    ["no template: nodes.a", { ids: [], all: false }],
  ])("%s", (text, expected) => expect(referencesOf(text)).toEqual(expected));
  test("of a condition", () => {
    const compiled = compileCondition("nodes.a.output == 1 || nodes.b.output == 2");
    expect(compiled).toMatchObject({ nodeIds: ["a", "b"], readsAnyNode: false });
  });
});
