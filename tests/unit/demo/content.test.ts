import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "#/lib/contract/json.ts";
import { demoPrompts, demoTicket, demoWorkflows, withPrompts } from "#/lib/demo/content/load-content.ts";
import { demoScenarios } from "#/lib/demo/content/scenarios.ts";
import { parseDefinition } from "#/lib/workflows/parse-definition.ts";

const placed = Object.fromEntries(
  demoPrompts().map((prompt) => [
    prompt.name,
    {
      id: `prompt_${prompt.name}`,
      hashes: prompt.revisions.map((_, at) => `sha256:${String(at + 1).padStart(64, "0")}`),
    },
  ]),
);
const nodesOf = (definition: JsonObject | undefined = { nodes: [] }) =>
  (definition.nodes as { id: string; needs?: string[] }[]).map((node) => node.id);

describe("demo content", () => {
  test("every prompt placeholder finds its revision", () => {
    for (const workflow of demoWorkflows())
      for (const version of workflow.versions) {
        const text = JSON.stringify(withPrompts(version, placed));
        expect(text).not.toContain('"@');
        expect(text).not.toContain("undefined");
        expect(parseDefinition({ json: JSON.parse(text) as JsonObject }).name).toBe(workflow.slug);
      }
    expect(JSON.stringify(withPrompts({ prompt: { artifact: "@decide", hash: "@latest" } }, placed))).toContain(
      `sha256:${"3".padStart(64, "0")}`,
    );
    expect(() => withPrompts({ prompt: { artifact: "@nobody", hash: "@1" } }, placed)).toThrow("nobody");
  });

  test("version 2 of support-refund renames exactly two nodes and adds one", () => {
    const [v1, v2] = demoWorkflows()[0]?.versions.map(nodesOf) ?? [];
    expect(v1?.filter((id) => !v2?.includes(id))).toEqual(["lookup_order", "notify"]);
    expect(v2?.filter((id) => !v1?.includes(id)).toSorted()).toEqual(["case_file", "fetch_order", "notify_customer"]);
  });

  test("every scenario names a version that exists and covers each way to end", () => {
    const versions = new Map<string, number>(
      demoWorkflows().map((workflow) => [workflow.slug, workflow.versions.length]),
    );
    const scenarios = demoScenarios();
    for (const scenario of scenarios)
      expect(scenario.version).toBeLessThanOrEqual(versions.get(scenario.workflow) ?? 0);
    expect(new Set(scenarios.map((scenario) => scenario.expect))).toEqual(
      new Set(["completed", "failed", "cancelled", "waiting"]),
    );
    expect(new Set(scenarios.map((scenario) => scenario.name)).size).toBe(scenarios.length);
  });

  test("all example tickets are payloads of support-refund", () => {
    const files = readdirSync(new URL("../../../examples/tickets/", import.meta.url));
    expect(files.length).toBeGreaterThanOrEqual(10);
    for (const file of files)
      expect(demoTicket(file.replace(".json", ""))).toMatchObject({
        ticketId: expect.any(String),
        ticket: {
          subject: expect.any(String),
          body: expect.any(String),
          customer: { name: expect.any(String), email: expect.any(String) },
        },
      });
  });

  test("the example workflow can be pushed as it is", () => {
    const yaml = readFileSync(new URL("../../../examples/workflows/hello.yaml", import.meta.url), "utf8");
    expect(parseDefinition({ yaml }).nodes.map((node) => node.id)).toEqual(["greet"]);
  });
});
