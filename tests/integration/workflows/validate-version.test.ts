import { beforeAll, expect, test } from "vitest";
import type { VersionValidated } from "#/lib/contract/workflow.ts";
import { deleteVersion } from "#/lib/workflows/delete-version.ts";
import { getVersion, listVersions } from "#/lib/workflows/get-version.ts";
import { pushVersion } from "#/lib/workflows/push-version.ts";
import { validateVersion } from "#/lib/workflows/validate-version.ts";
import { createPrompt } from "#/lib/prompts/create-prompt.ts";
import { push } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();

const flow = (value: unknown, more = "") =>
  `name: flow\nnodes:\n  - id: a\n    type: transform\n    value: ${JSON.stringify(value)}\n${more}`;
let tenant: Tenant;
const validated = (yaml: string, texts = false): Promise<VersionValidated> =>
  validateVersion(tenant.system, "flow", { yaml }, { texts });
const paths = ({ faults }: VersionValidated) => faults.map(({ path }) => path);

beforeAll(async () => {
  tenant = await createTenant();
  await push(tenant.system, "flow", { name: "flow", nodes: [{ id: "a", type: "transform", value: 1 }] });
});

test("a definition is judged as a push judges it, and nothing is stored", async () => {
  const { id, contentHash } = await createPrompt(tenant.system, { name: "p", text: "Say {{ nodes.gone.output }}" });
  const model = (hash: string) =>
    `  - { id: m, type: model, model: "anthropic:claude-haiku-4-5", prompt: { artifact: ${id}, hash: "${hash}" } }\n`;
  const cases: [yaml: string, paths: string[]][] = [
    [flow(2), []],
    ["name: flow\nnodes: [", [expect.stringMatching(/^line 2, column/)]],
    ["name: flow", ["nodes"]],
    [flow("{{ nodes.nowhere.output }}"), ["nodes[0].value"]],
    [flow("{{ trigger. }}"), ["nodes[0].value"]],
    [flow(1, "extra: 1\n"), ["extra"]],
    [flow(1, "  - { id: t, type: tool, use: nowhere }\n"), ["nodes[1].use"]],
    [flow(1, "  - { id: t, type: tool, mcp: { server: bank, tool: pay } }\n"), ["nodes[1].mcp"]],
    [flow(1, model(`sha256:${"0".repeat(64)}`)), ["nodes[1].prompt"]],
    // Faults of several kinds are all told.
    [
      flow(1, `${model(`sha256:${"0".repeat(64)}`)}  - { id: t, type: tool, use: nowhere }\n`),
      ["nodes[1].prompt", "nodes[2].use"],
    ],
  ];
  for (const [yaml, expected] of cases) {
    const answer = await validated(yaml);
    expect({ yaml, valid: answer.valid, paths: paths(answer) }).toEqual({
      ...{ yaml, valid: expected.length === 0, paths: expected },
    });
    if (expected.length > 0)
      await expect(pushVersion(tenant.system, "flow", { yaml })).rejects.toMatchObject({ code: "workflow_invalid" });
  }
  const warned = await validated(flow(1, model(contentHash)));
  expect([warned.valid, warned.warnings.map(({ path }) => path)]).toEqual([true, ["nodes[1].prompt"]]);
  expect(await listVersions(tenant.system, "flow")).toHaveLength(1);
});

test("it tells what differs from the latest version, which version is the same, and both texts alike", async () => {
  const changed = await validated(flow(2, "  - { id: b, type: transform, value: 1, needs: [a] }\n"), true);
  expect(changed).toMatchObject({ latestVersion: 1, sameAs: null });
  expect(changed.difference).toEqual({ added: ["b"], removed: [], changed: [{ id: "a", fields: ["value"] }] });
  expect(changed.texts?.latest).toContain("value: 1\n");
  expect(changed.texts?.pushed).toContain("- id: b\n    type: transform\n    needs:\n      - a\n");
  const same = await validated(`{ "nodes": [{ "value": 1, "type": "transform", "id": "a" }], "name": "flow" }`, true);
  expect(same).toMatchObject({ valid: true, sameAs: 1, difference: { added: [], removed: [], changed: [] } });
  expect(same.texts?.pushed).toBe(same.texts?.latest);
  expect((await validated(flow(3))).texts).toBeNull();
});

test("a push on a latest version that has moved is a conflict; the same content is not", async () => {
  const at = (yaml: string, onLatest: number) => pushVersion(tenant.system, "flow", { yaml }, { onLatest });
  expect(await at(flow(2), 1)).toMatchObject({ version: 2, created: true });
  await expect(at(flow(3), 1)).rejects.toMatchObject({ code: "conflict", details: { latestVersion: 2 } });
  expect(await at(flow(2), 1)).toMatchObject({ version: 2, created: false });
  await deleteVersion(tenant.system, "flow", 2);
  await expect(at(flow(3), 2)).rejects.toMatchObject({ code: "conflict", details: { latestVersion: 1 } });
  expect(await at(flow(3), 1)).toMatchObject({ version: 3, created: true });
  expect((await getVersion(tenant.system, "flow", "latest")).version).toBe(3);
});

test("two pushes on the same latest version: one of them is told so", async () => {
  const { version } = await getVersion(tenant.system, "flow", "latest");
  const pushes = [10, 11, 12, 13].map((value) =>
    pushVersion(tenant.system, "flow", { yaml: flow(value) }, { onLatest: version }).then(
      () => "pushed",
      (error: { code: string }) => error.code,
    ),
  );
  expect((await Promise.all(pushes)).toSorted()).toEqual(["conflict", "conflict", "conflict", "pushed"]);
});

test("whoever may not push may not validate", async () => {
  for (const role of ["viewer", "operator"] as const)
    await expect(validateVersion(await tenant.as(role), "flow", { yaml: flow(1) })).rejects.toMatchObject({
      ...{ code: "forbidden" },
    });
  await expect(validateVersion(tenant.system, "nowhere", { yaml: flow(1) })).rejects.toMatchObject({
    ...{ code: "not_found" },
  });
});
