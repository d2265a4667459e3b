import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { isReadOnly } from "#/lib/api/operation.ts";
import { allOperations } from "#/lib/api/operations/all.ts";
import { scopes } from "#/lib/contract/access.ts";
import { toolsFor } from "#/lib/mcp/known-tools.ts";
import { toolArguments } from "#/lib/mcp/tool-arguments.ts";
import { tools } from "#/lib/mcp/tool-list.ts";
import { argumentPath, toolRequest } from "#/lib/mcp/tool-request.ts";

const all = toolsFor({ kind: "system", name: "test" });
const argumentsOf = (name: string) => {
  const tool = tools.find((each) => each.name === name);
  if (!tool) throw new Error(`no tool ${name}`);
  return toolArguments(tool);
};

describe("every tool", () => {
  test("has a name of its own, and the contract's are all there", () => {
    const names = all.map(({ tool }) => tool.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining(
        "list_runs get_run search_runs get_trace get_span get_logs compare_runs preflight_replay submit_replay submit_batch get_batch cancel_run decide_approval trigger_workflow list_workflows list_prompts list_models get_policy list_schedules create_schedule".split(
          " ",
        ),
      ),
    );
  });

  test.each(all.map((known) => [known.tool.name, known] as const))(
    "%s is its operation by another name",
    (_name, known) => {
      const { tool, described } = known;
      expect(allOperations).toContain(tool.operation);
      expect(tool.effects === null).toBe(isReadOnly(tool.operation));
      expect(described.annotations.readOnlyHint).toBe(isReadOnly(tool.operation));
      if (tool.operation.method === "DELETE") expect(described.annotations.destructiveHint).toBe(true);
      expect(described.description).toContain(tool.summary ?? tool.operation.summary);
      // Models are shown this: what an argument is called in REST is no longer true.
      expect(described.description.length).toBeLessThan(800);
      for (const name of [...Object.keys(tool.names), ...tool.without]) {
        const own = JSON.stringify(
          [tool.operation.params, tool.operation.query, tool.operation.body].map(
            (part) => part && Object.keys((part as never as { shape: object }).shape),
          ),
        );
        if (name !== "payload") expect(own).toContain(`"${name}"`);
      }
    },
  );

  test.each(all.map((known) => [known.tool.name, known] as const))(
    "%s has schemas that stand on their own",
    (_name, { described }) => {
      const ajv = new Ajv2020({ strict: false, validateFormats: false });
      for (const schema of [described.inputSchema, described.outputSchema]) {
        expect(ajv.validateSchema(schema)).toBe(true);
        expect(schema.type).toBe("object");
        expect(JSON.stringify(schema)).not.toMatch(/"\$(ref|defs|schema)"/);
      }
      // Providers of models refuse these at the top of what a tool takes.
      for (const word of ["anyOf", "oneOf", "allOf"]) expect(described.inputSchema).not.toHaveProperty(word);
      const check = ajv.compile(described.outputSchema);
      expect(check({ code: "not_found", message: "Run not found", retryAfterMs: null, requestId: "req_1" })).toBe(true);
      if (described.name !== "delete_schedule") expect(check({})).toBe(false);
    },
  );
});

test.each(scopes)("with only the scope %s, a key has the tools of it", (scope) => {
  const seen = toolsFor({ kind: "api_key", keyId: "key_1", scopes: [scope], createdBy: null });
  const isNone = scope === "ingest" || scope === "account";
  expect(seen.length === 0).toBe(isNone);
  // None that changes anything, for who only reads.
  expect(seen.some(({ described }) => !described.annotations.readOnlyHint)).toBe(/^(runs|replays):write$/.test(scope));
});

describe("arguments become the operation's request", () => {
  test.each([
    ["get_span", { runId: "run/1", spanId: "span_1" }, { values: { id: "run/1", spanId: "span_1" }, query: "" }],
    [
      "list_runs",
      { status: ["failed", "cancelled"], limit: 3, version: 2 },
      { query: "status=failed&status=cancelled&limit=3&version=2" },
    ],
    [
      "search_runs",
      { payload: { "customer.id": 17, '["a.b"]': true } },
      { query: "payload.customer.id=17&payload.%5B%22a.b%22%5D=true" },
    ],
    [
      "submit_replay",
      { runId: "run_1", mode: "as_is", idempotencyKey: "k" },
      { values: { id: "run_1" }, body: { mode: "as_is" }, key: "k" },
    ],
    ["trigger_workflow", { workflow: "hello", payload: null }, { values: { slug: "hello" }, body: { payload: null } }],
    [
      "create_schedule",
      { workflow: "hello", cron: "@daily" },
      { values: {}, body: { workflow: "hello", cron: "@daily" } },
    ],
    ["get_trace", { runId: "run_1", maxDepth: 2 }, { values: { id: "run_1" }, rows: { maxDepth: 2 }, query: "" }],
  ])("%s", (name, args, expected) => {
    const request = toolRequest(argumentsOf(name), args);
    expect({ ...request, query: request.query.toString() }).toMatchObject(expected);
  });

  test.each([
    ["get_run", { runId: "a", more: 1 }, "arguments.more"],
    ["get_run", {}, "arguments.runId"],
    ["get_run", { runId: [] }, "arguments.runId"],
    ["list_runs", { workflow: [{}] }, "arguments.workflow"],
    ["search_runs", { payload: [] }, "arguments.payload"],
    ["search_runs", { payload: { a: {} } }, "arguments.payload.a"],
    ["submit_replay", { runId: "a", idempotencyKey: "" }, "arguments.idempotencyKey"],
    ["preflight_replay", { runId: "a", idempotencyKey: "k" }, "arguments.idempotencyKey"],
  ])("%s %j is refused", (name, args, path) => {
    expect(() => toolRequest(argumentsOf(name), args)).toThrow(
      expect.objectContaining({ code: "validation_failed", fields: [expect.objectContaining({ path })] }),
    );
  });

  test.each([
    ["get_run", "params.id", "arguments.runId"],
    ["list_runs", "query.status[1]", "arguments.status[1]"],
    ["search_runs", "query.payload.a", "arguments.payload.a"],
    ["submit_replay", "body.model.ref", "arguments.model.ref"],
    ["submit_replay", "header.Idempotency-Key", "arguments.idempotencyKey"],
    ["get_trace", "query.maxDepth", "arguments.maxDepth"],
    ["submit_replay", "nodes[0].id", "nodes[0].id"],
  ])("%s: %s is about %s", (name, path, argument) => {
    expect(argumentPath(argumentsOf(name), path)).toBe(argument);
  });
});
