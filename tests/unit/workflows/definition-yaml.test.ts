import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { definitionYaml } from "#/lib/workflows/definition-yaml.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import { definitionHash } from "#/lib/workflows/canonical.ts";
import { parseDefinition } from "#/lib/workflows/parse-definition.ts";

const folder = "examples/workflows";
const examples = readdirSync(folder).filter((file) => file.endsWith(".yaml"));

test.each(examples)("%s pushed again from its shown text is the same version", (file) => {
  const definition = parseDefinition({ yaml: readFileSync(`${folder}/${file}`, "utf8") });
  const shown = definitionYaml(definition as unknown as JsonObject);
  expect(definitionHash(parseDefinition({ yaml: shown }))).toBe(definitionHash(definition));
});

test("strings that look like something else, long lines and line ends survive", () => {
  const texts = [
    "yes",
    "null",
    "1e3",
    "2026-11-21",
    "a: b",
    "- x",
    "#",
    "  lead",
    "a\nb\n",
    "a\r\nb",
    "x".repeat(500),
    "",
  ];
  const definition = { name: "n", nodes: [{ value: texts, type: "transform", id: "a" }] };
  const shown = definitionYaml(definition);
  expect(parse(shown)).toEqual(definition);
  expect(shown.indexOf("id:")).toBeLessThan(shown.indexOf("type:"));
  expect(shown.indexOf("type:")).toBeLessThan(shown.indexOf("value:"));
});
