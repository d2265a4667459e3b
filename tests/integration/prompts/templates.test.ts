import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import type { Json } from "#/lib/contract/json.ts";
import { newId } from "#/lib/core/ids.ts";
import { createPrompt } from "#/lib/prompts/create-prompt.ts";
import { createRevision } from "#/lib/prompts/create-revision.ts";
import { promptHash } from "#/lib/prompts/revision.ts";
import { insertArtifact, insertRevision } from "#/lib/prompts/store.ts";
import { preflightReplay } from "#/lib/replay/preflight-replay.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { createWorkflow, pushVersion } from "#/lib/workflows/push-version.ts";
import { openStage, runOf, type Stage, tenantOf } from "#/tests/support/replay-stage.ts";
import type { Tenant } from "#/tests/support/tenants.ts";

let stage: Stage;
let tenant: Tenant;
beforeAll(async () => {
  stage = await openStage();
  tenant = await tenantOf(stage);
});
afterAll(() => stage?.close());

/** A revision as it may have been stored before texts were checked. */
async function storedBefore(artifactId: string, text: string): Promise<string> {
  const contentHash = promptHash(text);
  const by = { workspaceId: tenant.workspace.id, createdBy: null };
  await database().transaction(async (tx) => {
    await insertArtifact(tx as never, { id: artifactId, name: artifactId, ...by });
    await insertRevision(tx as never, { artifactId, contentHash, revision: Date.now() % 1_000_000, text, ...by });
  });
  return contentHash;
}

const ask = (artifact: string, hash: string) => ({
  name: "ask",
  nodes: [{ id: "ask", type: "model", model: "anthropic:claude-haiku-4-5", prompt: { artifact, hash } }],
});

test("a text that is no template is no revision: 422 with the place, by every way in", async () => {
  const { system } = tenant;
  const { id } = await createPrompt(system, { name: "good", text: 'JSON like \\{{"a": 1}} for {{ trigger.who }}' });
  for (const text of ['Return JSON like {{"a": 1}}', "{{#if x}}yes{{/if}}", "Hi {{ name }"])
    for (const create of [
      () => createPrompt(system, { name: `bad ${text}`, text }),
      () => createRevision(system, id, { text }),
    ])
      await expect(create()).rejects.toMatchObject({
        code: "expression_failed",
        details: { line: 1, offset: expect.any(Number), column: expect.any(Number) },
        fields: [{ path: "body.text", message: expect.stringMatching(/^line 1, column \d+: .*\\\{\{$/) }],
      });
});

test("a revision stored earlier that is no template blocks push, preflight and submit; missing names are warned of", async () => {
  const { system } = tenant;
  const { id, contentHash } = await createPrompt(system, { name: "mine", text: "Hello {{ trigger.who }}" });
  const first = await createWorkflow(system, { slug: "ask", definition: { json: ask(id, contentHash) as Json } });
  expect(first).not.toHaveProperty("warnings");
  const run = await runOf(system, "ask", { who: "Ann" });
  expect(run.status).toBe("completed");

  const bad = await storedBefore(id, "Hi {{ name }");
  await expect(pushVersion(system, "ask", { json: ask(id, bad) as Json })).rejects.toMatchObject({
    code: "workflow_invalid",
    fields: [{ path: "nodes[0].prompt", message: expect.stringMatching(/line 1, column 4: .*\\\{\{/) }],
  });
  const request = (hash: string) => ({ mode: "prompt" as const, prompt: { artifactId: id, contentHash: hash } });
  const verdict = async (hash: string, change = {}) =>
    (await preflightReplay(system, run.id, { ...request(hash), ...change })).verdicts.find(
      ({ code }) => code === "expression_failed",
    );
  expect(await verdict(contentHash)).toBeUndefined();
  expect(await verdict(bad)).toMatchObject({
    level: "block",
    message: expect.stringContaining("nodes[0].prompt: the prompt revision: line 1, column 4"),
  });
  await expect(submitReplay(system, run.id, request(bad))).rejects.toMatchObject({
    code: "expression_failed",
    fields: [{ path: "nodes[0].prompt" }],
  });

  const other = (await createRevision(system, id, { text: "{{ trigger.whom }} {{ nodes.nobody.output }} {{ name }}" }))
    .contentHash;
  const warned = await verdict(other);
  expect(warned?.level).toBe("warn");
  const said = JSON.stringify(warned?.details);
  for (const name of ["trigger.whom", "nobody", "name"]) expect(said).toContain(name);
  expect((await verdict(contentHash, { payload: { whom: "Ben" } }))?.message).toContain("ask reads trigger.who,");
  const pushed = await pushVersion(system, "ask", { json: ask(id, other) as Json });
  expect(pushed.warnings?.map(({ path }) => path)).toEqual(["nodes[0].prompt", "nodes[0].prompt"]);
});

test("a credential written into a definition is pushed with a warning, also when the version is there already", async () => {
  const headers = { Authorization: "Bearer abc", "x-shop": "1" };
  const nodes = [{ id: "call", type: "tool", http: { method: "GET", url: "{{ env.SHOP }}/", headers } }];
  const definition = { json: { name: "literal", nodes } as Json };
  const path = "nodes[0].http.headers.Authorization";
  const created = await createWorkflow(tenant.system, { slug: newId("workflow").replaceAll("_", "-"), definition });
  expect(created.warnings).toEqual([{ path, message: expect.stringContaining("{{ env.NAME }}") }]);
  const again = await pushVersion(tenant.system, created.slug, definition);
  expect(again).toMatchObject({ created: false, warnings: [{ path }] });
});
