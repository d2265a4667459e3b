import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { sql } from "drizzle-orm";
import { database } from "#/db/client.ts";
import { newId } from "#/lib/core/ids.ts";
import { templateFault } from "#/lib/expressions/template-fault.ts";
import { createPrompt } from "#/lib/prompts/create-prompt.ts";
import { createRevision } from "#/lib/prompts/create-revision.ts";
import { deletePrompt } from "#/lib/prompts/delete-prompt.ts";
import { getPrompt } from "#/lib/prompts/get-prompt.ts";
import { getRevision } from "#/lib/prompts/get-revision.ts";
import { listPrompts } from "#/lib/prompts/list-prompts.ts";
import { listRevisions, listRevisionSummaries } from "#/lib/prompts/list-revisions.ts";
import { loadRevision } from "#/lib/prompts/load-revision.ts";
import { revisionTexts } from "#/lib/prompts/revision-lookup.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { createWorkflow } from "#/lib/workflows/push-version.ts";
import { markVersionDeleted } from "#/lib/workflows/version-store.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";
import { processorMs } from "#/tests/support/processor-time.ts";

ownDatabase();
let tenant: Tenant;
let other: Tenant;
beforeAll(async () => {
  [tenant, other] = await Promise.all([createTenant(), createTenant()]);
});
const name = () => newId("prompt");
const sha = (text: string) => `sha256:${createHash("sha256").update(text, "utf8").digest("hex")}`;
const newest = { limit: 100, before: null };

describe("prompt revisions", () => {
  test("the text test has the hash that the product contract names", async () => {
    const { contentHash } = await createPrompt(tenant.system, { name: name(), text: "test" });
    expect(contentHash).toBe("sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
  });

  test("texts are kept byte for byte: line ends, Unicode forms and spaces make other revisions", async () => {
    const { id } = await createPrompt(tenant.system, { name: name(), text: "a\nb" });
    const texts = ["a\r\nb", "a\nb\n", " a\nb", "\u00e9", "e\u0301", "\ufeffa\nb", "🔁"];
    for (const text of texts) {
      expect(await createRevision(tenant.system, id, { text })).toEqual({ contentHash: sha(text), created: true });
      expect(await loadRevision(database(), tenant.workspace.id, id, sha(text))).toEqual({ text });
    }
    const { data } = await listRevisions(tenant.system, id, newest);
    expect(data.map((revision) => revision.text)).toEqual([...texts.toReversed(), "a\nb"]);
    expect(data.map((revision) => revision.revision)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test("a page of revisions ends before its texts are too large, and the next goes on there", async () => {
    const long = (mark: string) => mark.repeat(900_000);
    const { id } = await createPrompt(tenant.system, { name: name(), text: long("a") });
    for (const mark of "bcdéfg") await createRevision(tenant.system, id, { text: long(mark) });
    const revisions = async (before: number | null, limit = 100) => {
      const { data, next } = await listRevisions(tenant.system, id, { limit, before });
      return [data.map(({ revision }) => revision), next];
    };
    expect(await revisions(null)).toEqual([[7, 6, 5], 5]);
    expect(await revisions(5, 2)).toEqual([[4, 3], 3]);
    expect(await revisions(5)).toEqual([[4, 3, 2, 1], null]);
    const summaries = await listRevisionSummaries(tenant.system, id, newest);
    expect([summaries.data.length, summaries.next]).toEqual([7, null]);
    expect(JSON.stringify(summaries).length).toBeLessThan(5000);
  });

  test("texts that are larger together than a version may use are not read; each counts as often as it is named", async () => {
    const { id, contentHash } = await createPrompt(tenant.system, { name: name(), text: "é".repeat(500_000) });
    const named = (count: number) => Array.from({ length: count }, () => ({ artifactId: id, contentHash }));
    expect((await revisionTexts(database(), tenant.workspace.id, named(4))).size).toBe(1);
    await expect(revisionTexts(database(), tenant.workspace.id, named(5))).rejects.toMatchObject({
      code: "payload_too_large",
    });
    const prompt = { artifact: id, hash: contentHash };
    const nodes = Array.from({ length: 5 }, (_, index) => ({
      ...{ id: `n${index}`, type: "model", model: "anthropic:claude-haiku-4-5", prompt },
    }));
    await expect(
      createWorkflow(tenant.system, { slug: "long-prompts", definition: { json: { name: "n", nodes } } }),
    ).rejects.toMatchObject({ code: "payload_too_large" });
  });

  test("a long text is compiled off the event loop, with the same faults", async () => {
    const text = Array.from({ length: 9000 }, (_, index) => `{{ trigger.of_prompt${index} }}\n`).join("");
    let id = "";
    const held = await processorMs(async () => ({ id } = await createPrompt(tenant.system, { name: name(), text })));
    expect(held).toBeLessThan((await processorMs(() => templateFault(text))) / 2);
    await expect(createRevision(tenant.system, id, { text: `${text}{{ trigger. }}` })).rejects.toMatchObject({
      code: "expression_failed",
      details: { line: 9001 },
    });
  });

  test("the same text again is the revision that has it, and leaves no audit row", async () => {
    const { id, contentHash } = await createPrompt(tenant.system, { name: name(), text: "one" });
    expect(await createRevision(tenant.system, id, { text: "one" })).toEqual({ contentHash, created: false });
    const { data } = await listAuditEvents(tenant.system, { filter: { target: id }, limit: 100, after: null });
    expect(data.map((event) => event.action)).toEqual(["prompt.created"]);
  });

  test("simultaneous pushes number the revisions without gap or repetition", async () => {
    const { id } = await createPrompt(tenant.system, { name: name(), text: "0" });
    const texts = Array.from({ length: 30 }, (_, n) => `text ${n % 20}`);
    const results = await Promise.all(texts.map((text) => createRevision(tenant.system, id, { text })));
    expect(results.filter((result) => result.created)).toHaveLength(20);
    const { data } = await listRevisions(tenant.system, id, newest);
    expect(data.map((revision) => revision.revision)).toEqual(Array.from({ length: 21 }, (_, n) => 21 - n));
    expect(await getPrompt(tenant.system, id)).toMatchObject({ revisions: 21, latestHash: data[0]?.contentHash });
  });

  test("a stored text that no longer matches its hash is refused", async () => {
    const { id, contentHash } = await createPrompt(tenant.system, { name: name(), text: "honest" });
    await database().execute(sql`update prompt_revisions set text = 'tampered' where artifact_id = ${id}`);
    await expect(loadRevision(database(), tenant.workspace.id, id, contentHash)).rejects.toMatchObject({
      code: "prompt_hash_mismatch",
    });
  });

  test("pages of revisions are whole", async () => {
    const { id } = await createPrompt(tenant.system, { name: name(), text: "1" });
    for (const text of ["2", "3", "4", "5"]) await createRevision(tenant.system, id, { text });
    const first = await listRevisions(tenant.system, id, { limit: 3, before: null });
    const second = await listRevisions(tenant.system, id, { limit: 3, before: first.next });
    expect([...first.data, ...second.data].map((revision) => revision.text)).toEqual(["5", "4", "3", "2", "1"]);
    expect(second.next).toBeNull();
  });
});

describe("prompt artifacts", () => {
  test("two of one name are a conflict, also at once; in two workspaces they are not", async () => {
    const both = name();
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, () => createPrompt(tenant.system, { name: both, text: "x" })),
    );
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    for (const result of results)
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "conflict" });
    await expect(createPrompt(other.system, { name: both, text: "x" })).resolves.toBeDefined();
  });

  test("another tenant finds nothing and changes nothing", async () => {
    const { id, contentHash } = await createPrompt(tenant.system, { name: name(), text: "mine" });
    const stranger = other.system;
    await expect(getPrompt(stranger, id)).rejects.toMatchObject({ code: "not_found" });
    await expect(listRevisions(stranger, id, newest)).rejects.toMatchObject({ code: "not_found" });
    await expect(getRevision(stranger, id, contentHash)).rejects.toMatchObject({ code: "not_found" });
    await expect(createRevision(stranger, id, { text: "theirs" })).rejects.toMatchObject({ code: "not_found" });
    await expect(deletePrompt(stranger, id)).rejects.toMatchObject({ code: "not_found" });
    expect(await loadRevision(database(), other.workspace.id, id, contentHash)).toBeNull();
    expect((await listPrompts(stranger, { limit: 100, after: null })).data.map((prompt) => prompt.id)).not.toContain(
      id,
    );
    const refs = [{ artifactId: id, contentHash }];
    expect(await revisionTexts(database(), other.workspace.id, refs)).toEqual(new Map());
    expect(await revisionTexts(database(), tenant.workspace.id, refs)).toEqual(
      new Map([[`${id}@${contentHash}`, "mine"]]),
    );
    expect(await getPrompt(tenant.system, id)).toMatchObject({ revisions: 1 });
  });

  test("a viewer and a read-only key read, and write nothing", async () => {
    const { id, contentHash } = await createPrompt(tenant.system, { name: name(), text: "x" });
    for (const ctx of [await tenant.as("viewer"), await tenant.as("operator"), tenant.key("runs:read")]) {
      await expect(getRevision(ctx, id, contentHash)).resolves.toMatchObject({ text: "x" });
      await expect(createPrompt(ctx, { name: name(), text: "x" })).rejects.toMatchObject({ code: "forbidden" });
      await expect(createRevision(ctx, id, { text: "y" })).rejects.toMatchObject({ code: "forbidden" });
      await expect(deletePrompt(ctx, id)).rejects.toMatchObject({ code: "forbidden" });
    }
  });

  test("an artifact that a live version pins is in use; once the version is deleted it can go", async () => {
    const { id, contentHash } = await createPrompt(tenant.system, { name: name(), text: "pinned" });
    const workflow = newId("workflow");
    const version = newId("workflowVersion");
    const db = database();
    await db.execute(
      sql`insert into workflows (id, workspace_id, slug, name) values (${workflow}, ${tenant.workspace.id}, 'pinning', 'p')`,
    );
    await db.execute(sql`insert into workflow_versions (id, workspace_id, workflow_id, version, content_hash, definition)
      values (${version}, ${tenant.workspace.id}, ${workflow}, 1, 'sha256:x', '{}')`);
    await db.execute(
      sql`insert into version_prompts (version_id, artifact_id, content_hash) values (${version}, ${id}, ${contentHash})`,
    );
    await expect(deletePrompt(tenant.system, id)).rejects.toMatchObject({
      code: "in_use",
      details: { versions: [{ workflow: "pinning", version: 1 }] },
    });
    await db.transaction((tx) => markVersionDeleted(tx, workflow, 1));
    await deletePrompt(tenant.system, id);
    await expect(getPrompt(tenant.system, id)).rejects.toMatchObject({ code: "not_found" });
  });
});
