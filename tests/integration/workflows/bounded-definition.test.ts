import { expect, test } from "vitest";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { checkDefinition, checkTemplates, writeDefinition } from "#/lib/workflows/bounded-definition.ts";
import { definitionYaml } from "#/lib/workflows/definition-yaml.ts";
import { parseDefinition } from "#/lib/workflows/parse-definition.ts";
import { templateReport } from "#/lib/workflows/template-faults.ts";
import { processorMs } from "#/tests/support/processor-time.ts";

const definition = (values: Json[]): Json => ({
  name: "w",
  nodes: [
    { id: "a", type: "transform", value: values },
    { id: "b", type: "model", model: "p:m", prompt: { text: "x" }, needs: ["a"] },
  ],
});
const expressions = Array.from({ length: 3000 }, (_, index) => `{{ trigger.a${index} }}`);
const yaml = `name: w\nnodes: [{id: a, type: transform, value: [${"1,".repeat(20_000)}1]}]`;

test("a large definition is read off the event loop, to the same result", async () => {
  const [large, small] = [definition(expressions), definition(expressions.slice(0, 3))];
  const read: Json[] = [];
  const held = await processorMs(async () => {
    read.push(
      (await checkDefinition("ws", { json: large })) as never,
      (await checkDefinition("ws", { yaml })) as never,
    );
  });
  const parsed: unknown[] = [];
  const here = await processorMs(() => parsed.push(parseDefinition({ json: large }), parseDefinition({ yaml })));
  expect(held).toBeLessThan(here / 2);
  expect(read).toEqual(parsed);
  expect(await checkDefinition("ws", { json: small })).toEqual(parseDefinition({ json: small }));
});

test("so are its faults, and those of texts that it would be filled with", async () => {
  const wrong = definition([...expressions, "{{ nodes.gone.output }}", "{{ trigger. }}"]);
  const refusal = await checkDefinition("ws", { json: wrong }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: "workflow_invalid" });
  expect(() => parseDefinition({ json: wrong })).toThrow(refusal as Error);
  const parsed = parseDefinition({ json: definition(expressions) });
  const texts = new Map([["b", "{{ trigger.of_prompt }} {{ nodes.gone.output }}"]]);
  const report = await checkTemplates("ws", parsed, texts);
  expect(report).toEqual(templateReport(parsed, texts));
  expect(report.reads).toContainEqual({ nodeId: "b", path: "nodes[1]", fields: ["of_prompt"] });
  expect(report.missing).toHaveLength(1);
});

test("a large definition is written as YAML off the event loop, to the same text", async () => {
  const [large, small] = [40_000, 3].map(
    (count) => definition(Array.from({ length: count }, (_, at) => at)) as JsonObject,
  );
  const texts: string[] = [];
  const held = await processorMs(async () => texts.push(await writeDefinition("ws", large ?? {})));
  const here = await processorMs(() => texts.push(definitionYaml(large ?? {})));
  expect(held).toBeLessThan(here / 2);
  expect(texts[0]).toBe(texts[1]);
  expect(await writeDefinition("ws", small ?? {})).toBe(definitionYaml(small ?? {}));
});

test("a long text for many nodes is not copied for each: it is refused", async () => {
  const parsed = parseDefinition({ json: definition([]) });
  const texts = new Map(Array.from({ length: 1000 }, (_, at) => [`n${at}`, "a".repeat(1_000_000)]));
  expect((await checkTemplates("ws", parsed, texts)).broken).toMatchObject([{ path: "" }]);
});

test("what is nested too deeply is refused as before", async () => {
  let deep: Json = 1;
  for (let depth = 0; depth < 20_000; depth++) deep = [deep];
  await expect(checkDefinition("ws", { json: deep })).rejects.toMatchObject({ code: "workflow_invalid" });
});
