import { describe, expect, test } from "vitest";
import type { JsonObject } from "#/lib/contract/json.ts";
import { parseDefinition } from "#/lib/workflows/parse-definition.ts";
import { diffVersions, renameCandidates } from "#/lib/workflows/version-diff.ts";
import { processorMs } from "#/tests/support/processor-time.ts";

const version = (...nodes: JsonObject[]) => parseDefinition({ json: { name: "w", nodes } });
const model = (id: string, extra: JsonObject = {}): JsonObject => ({
  id,
  type: "model",
  model: "p:m",
  prompt: { text: "Classify." },
  ...extra,
});
const order = (id: string, extra: JsonObject = {}): JsonObject => ({
  id,
  type: "tool",
  http: { method: "GET", url: "http://x/orders" },
  ...extra,
});
const value = (id: string, extra: JsonObject = {}): JsonObject => ({ id, type: "transform", value: 1, ...extra });

const first = version(
  model("classify"),
  order("lookup_order", { needs: ["classify"] }),
  value("decide", { needs: ["lookup_order"] }),
);

describe("diffVersions", () => {
  test("a version does not differ from itself", () => {
    expect(diffVersions(first, first)).toEqual({ added: [], removed: [], changed: [] });
  });
  test("tells added, removed and changed nodes with their fields", () => {
    const second = version(
      model("classify", { model: "p:other", title: "Kind" }),
      order("fetch_order", { needs: ["classify"] }),
      value("decide", { needs: ["fetch_order"] }),
    );
    expect(diffVersions(first, second)).toEqual({
      added: ["fetch_order"],
      removed: ["lookup_order"],
      changed: [
        { id: "classify", fields: ["model", "title"] },
        { id: "decide", fields: ["needs"] },
      ],
    });
  });
  test("the order of nodes, of needs and of keys is no change", () => {
    const a = version(value("a"), value("b"), value("c", { needs: ["a", "b"], value: { x: 1, y: 2 } }));
    const b = version(value("b"), value("a"), value("c", { value: { y: 2, x: 1 }, needs: ["b", "a"] }));
    expect(diffVersions(a, b)).toEqual({ added: [], removed: [], changed: [] });
  });
  test("inner nodes are compared on their own, and moving into a map is a change", () => {
    const map = (...nodes: JsonObject[]): JsonObject => ({ id: "each", type: "map", over: [1], as: "x", nodes });
    const a = version(map(value("in1"), value("in2")), value("out"));
    const b = version(map(value("in1", { value: 2 }), value("in3"), value("out")));
    expect(diffVersions(a, b)).toEqual({
      added: ["in3"],
      removed: ["in2"],
      changed: [
        { id: "in1", fields: ["value"] },
        { id: "out", fields: ["inside"] },
      ],
    });
  });
});

describe("renameCandidates", () => {
  test("a renamed node comes first, with a high score, and nothing is applied", () => {
    const second = version(
      model("classify"),
      order("fetch_order", { needs: ["classify"] }),
      value("decide", { needs: ["fetch_order"] }),
      model("summarise", { prompt: { text: "Sum up." } }),
    );
    const found = renameCandidates("lookup_order", first, second);
    expect(found[0]?.id).toBe("fetch_order");
    expect(found[0]?.score).toBeGreaterThan(0.8);
    expect(found[0]?.score).toBeGreaterThan((found[1]?.score ?? 0) + 0.3);
  });
  test("a node that kept everything but its id scores close to 1, an unlike one low or not at all", () => {
    const second = version(model("classify_2"), order("lookup_order", { needs: ["classify_2"] }), value("other"));
    const [best, next] = renameCandidates("classify", first, second);
    expect(best).toMatchObject({ id: "classify_2" });
    expect(best?.score).toBeGreaterThan(0.7);
    expect(next === undefined || next.score < 0.5).toBe(true);
  });
  test("nodes that are in both versions are never candidates", () => {
    const second = version(model("classify"), value("decide"));
    expect(renameCandidates("lookup_order", first, second)).toEqual([]);
  });
  test("scores lie between 0 and 1 and are ranked; an unknown id has no candidates", () => {
    const second = version(...Array.from({ length: 30 }, (_, index) => order(`order_${index}`)));
    const found = renameCandidates("lookup_order", first, second);
    expect(found).toHaveLength(10);
    for (const [index, { score }] of found.entries()) {
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(1);
      expect(score).toBeLessThanOrEqual(found[index - 1]?.score ?? 1);
    }
    expect(renameCandidates("nope", first, second)).toEqual([]);
  });
  test("600 nodes are compared with 600, and each finds its own", () => {
    const thousand = (prefix: string) =>
      version(...Array.from({ length: 600 }, (_, n) => value(`${prefix}_${n}`, { value: n })));
    const [before, after] = [thousand("look_up_the_old_order"), thousand("what_was_ordered")];
    const found = before.nodes.map(({ id }) => renameCandidates(id, before, after)[0]?.id);
    expect(found).toEqual(after.nodes.map(({ id }) => id));
  });
  test("nodes of ten times the content cost hardly more to compare, and each finds its own", async () => {
    const spent = (size: number): Promise<number> => {
      const large = (prefix: string) =>
        version(
          ...Array.from({ length: 200 }, (_, n) =>
            value(`${prefix}${n}`, { value: Array.from({ length: size }, (_item, at) => at + n) }),
          ),
        );
      const [before, after] = [large("a"), large("b")];
      return processorMs(() => {
        const found = before.nodes.map(({ id }) => renameCandidates(id, before, after)[0]?.id);
        expect(found).toEqual(after.nodes.map(({ id }) => id));
      });
    };
    await spent(30);
    expect(await spent(300)).toBeLessThan(5 * (await spent(30)));
  });
  test("a long name around many values is not read again for each", () => {
    const long = (id: string) =>
      version(value(id, { value: { ["n".repeat(400_000)]: Array.from({ length: 80_000 }, (_, at) => at) } }));
    expect(renameCandidates("old", long("old"), long("new"))).toMatchObject([{ id: "new" }]);
  });
  test("the likest name is found among hundreds of the same content", () => {
    const many = Array.from({ length: 300 }, (_, n) => value(`a_word_${String(n).padStart(3, "0")}`));
    const found = renameCandidates("decide", version(value("decide")), version(...many, value("decide_now")));
    expect(found[0]?.id).toBe("decide_now");
  });
});
