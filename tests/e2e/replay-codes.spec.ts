import postgres from "postgres";
import type { Locator, Page } from "playwright/test";
import type { ErrorCode } from "#/lib/contract/problem.ts";
import { apiOf, expect, monitoringPath, openTrace, test, tracePath, workspaceOf } from "#/tests/support/browser.ts";
import type { HttpApi } from "#/tests/support/http-api.ts";
import { dialogOf, expectRefused, openReplay, submitOf, submitted } from "#/tests/support/replay-page.ts";
import { faultNote, ticketPayload } from "#/tests/support/tickets.ts";

test.use({ workspaceName: "codes" });

/** Two nodes, of which the second version renames both. */
const greeting = (hello: string, shout: string) => ({
  name: "greet",
  nodes: [
    { id: hello, type: "transform", value: "hello {{ trigger.name }}" },
    { id: shout, type: "transform", needs: [hello], value: { text: `{{ nodes.${hello}.output }}!` } },
  ],
  output: `{{ nodes.${shout}.output }}`,
});
const greet = greeting("hello", "shout");

/** A workflow of its own, run once: what is done to it concerns no other test. */
async function greeted(workspaceName: string): Promise<{ slug: string; id: string }> {
  const api = apiOf(workspaceName);
  const slug = `greet-${Math.random().toString(36).slice(2, 8)}`;
  expect((await api.call("POST", "/workflows", { body: { slug, definition: greet } })).status).toBe(201);
  return { slug, id: (await api.ran(slug, { payload: { name: "Ada" } })).id };
}

let refund: string;
test.beforeAll(async () => {
  const run = await apiOf("codes").ran("support-refund", { version: 1, payload: ticketPayload("late-backpack") });
  expect(run.status).toBe("completed");
  refund = run.id;
});

const promptOf = (name: string) => workspaceOf("codes").prompts[name] ?? { id: "", hashes: [] };
const choosePrompt = (artifactId: string, contentHash: string) => async (dialog: Locator) => {
  await dialog.getByRole("radio", { name: "Replay with new prompt" }).click();
  await dialog.getByLabel("Prompt artifact id").fill(artifactId);
  await dialog.getByLabel("Content hash").fill(contentHash);
};
const chooseModel = (id: string, ref: string) => async (dialog: Locator) => {
  await dialog.getByRole("radio", { name: "Replay with new model" }).click();
  await dialog.getByLabel("Model id").fill(id);
  await dialog.getByLabel("Model ref").fill(ref);
};

/** What an admin does while the dialog is open; and how it is undone. */
type Deed = (api: HttpApi, slug: string) => Promise<void>;
const done = async (answer: ReturnType<HttpApi["call"]>) => expect((await answer).status).toBeLessThan(300);
const pause: Deed = (api, slug) =>
  done(api.call("POST", `/workflows/${slug}/pause`, { body: { reason: "Refunds are paid twice" } }));
const unpause: Deed = (api, slug) => done(api.call("POST", `/workflows/${slug}/unpause`));
const deleteVersion: Deed = (api, slug) => done(api.call("DELETE", `/workflows/${slug}/versions/1`));
const setRetired =
  (retired: boolean): Deed =>
  (api) =>
    done(api.call("PATCH", `/models/${encodeURIComponent("anthropic:claude-opus-4-7")}`, { body: { retired } }));
const setPolicy =
  (body: { allowedModels?: string[]; allowedProviders?: string[] }): Deed =>
  (api) =>
    done(api.call("PUT", "/policies", { body }));

type Case = {
  code: ErrorCode;
  reached: string;
  message: string;
  /** The run to replay; a fresh one of a workflow of its own without this. */
  run?: () => string;
  fill?: (dialog: Locator) => Promise<void>;
  meanwhile?: Deed;
  undo?: Deed;
  expectedErrors?: RegExp[];
};
const noModel =
  "This model is not available for this workspace. Pick an allowed model, or update the workspace policy.";
const noProvider =
  "This model provider is blocked by the workspace policy. Pick a model from an allowed provider, or update the policy.";
const unknownHash = `sha256:${"0".repeat(64)}`;
const cases: Case[] = [
  {
    code: "source_version_unavailable",
    reached: "an admin deletes the version",
    message: "This run cannot be replayed because its source workflow version is no longer available.",
    meanwhile: deleteVersion,
    expectedErrors: [/status of 404.*\/versions\/1/],
  },
  {
    code: "workflow_paused",
    reached: "an admin pauses the workflow",
    message: "This workflow is paused for safety reasons. Unpause it before replaying.",
    meanwhile: pause,
    undo: unpause,
  },
  {
    code: "model_not_available",
    reached: "an admin retires a model of the run",
    message: noModel,
    run: () => refund,
    meanwhile: setRetired(true),
    undo: setRetired(false),
  },
  {
    code: "model_not_available",
    reached: "an admin allows another model only",
    message: noModel,
    run: () => refund,
    meanwhile: setPolicy({ allowedModels: ["anthropic:claude-sonnet-5"] }),
    undo: setPolicy({}),
  },
  {
    code: "model_not_available",
    reached: "no catalogue has the model",
    message: noModel,
    run: () => refund,
    fill: chooseModel("claude-none", "anthropic:claude-none"),
  },
  {
    code: "provider_blocked",
    reached: "an admin allows another provider only",
    message: noProvider,
    run: () => refund,
    meanwhile: setPolicy({ allowedProviders: ["openai"] }),
    undo: setPolicy({}),
  },
  {
    code: "prompt_not_found",
    reached: "the artifact is nowhere",
    message: "There is no prompt artifact prompt_nowhere in this workspace.",
    run: () => refund,
    fill: choosePrompt("prompt_nowhere", unknownHash),
  },
  {
    code: "prompt_not_found",
    reached: "the artifact is another workspace's",
    message: `There is no prompt artifact {prompt of the workspace mapping} in this workspace.`,
    run: () => refund,
    fill: async (dialog) => {
      const { id = "", hashes = [] } = workspaceOf("mapping").prompts["decide"] ?? {};
      await choosePrompt(id, hashes[0] ?? "")(dialog);
    },
  },
  {
    code: "prompt_hash_mismatch",
    reached: "the hash is malformed",
    message: "The content hash must be sha256: and 64 lowercase hexadecimal digits.",
    run: () => refund,
    fill: (dialog) => choosePrompt(promptOf("decide").id, "sha256:nonsense")(dialog),
  },
  {
    code: "prompt_hash_mismatch",
    reached: "no revision has the hash",
    message: "No revision of this prompt artifact has this content hash.",
    run: () => refund,
    fill: (dialog) => choosePrompt(promptOf("decide").id, unknownHash)(dialog),
  },
  {
    code: "prompt_hash_mismatch",
    reached: "the stored text was altered",
    message: "The stored prompt text no longer matches its content hash.",
    run: () => refund,
    fill: (dialog) => choosePrompt(promptOf("digest").id, promptOf("digest").hashes[0] ?? "")(dialog),
    meanwhile: async () => alterText(promptOf("digest").id, "altered"),
  },
  {
    code: "model_ref_mismatch",
    reached: "id and ref name two models",
    message: "The model id and the model ref do not name the same model.",
    run: () => refund,
    fill: chooseModel("claude-opus-4-7", "anthropic:claude-haiku-4-5"),
  },
  {
    code: "override_has_no_target",
    reached: "no node of the run calls a model",
    message: "No node of the run calls a model.",
    fill: chooseModel("claude-haiku-4-5", "anthropic:claude-haiku-4-5"),
  },
  {
    code: "override_has_no_target",
    reached: "no node of the run uses the prompt",
    message: "No node of the run uses that prompt artifact.",
    fill: (dialog) => choosePrompt(promptOf("decide").id, promptOf("decide").hashes[1] ?? "")(dialog),
  },
];

/** What only somebody at the database can do. */
async function alterText(artifactId: string, text: string): Promise<void> {
  const sql = postgres(process.env["REPRISE_E2E_DATABASE_URL"] ?? "", { max: 1 });
  await sql`update prompt_revisions set text = ${text} where artifact_id = ${artifactId}`;
  await sql.end();
}

/** The verdict as the dialog tells it before any submit. */
const verdict = (page: Page, code: ErrorCode) => dialogOf(page).locator(`[data-code=${code}][data-level=block] p`);

for (const { code, reached, run, fill, meanwhile, undo, ...told } of cases)
  test.describe(`${code}: ${reached}`, () => {
    test.use({ expectedErrors: told.expectedErrors ?? [] });
    test("is told by the alert, the toast and the next dialog, letter for letter", async ({ page, workspace, api }) => {
      const message = told.message.replace(/\{.*\}/, workspaceOf("mapping").prompts["decide"]?.id ?? "");
      const own = run ? { id: run(), slug: "support-refund" } : await greeted("codes");
      const replays = async () => (await api.call("GET", `/runs?replayOf=${own.id}`)).body.data.length as number;
      const before = await replays();
      const dialog = await openReplay(page, workspace, own.id);
      await fill?.(dialog);
      await expect(submitOf(page)).toBeEnabled();
      try {
        await meanwhile?.(api, own.slug);
        await submitOf(page).click();
        await expectRefused(page, message);
        await openReplay(page, workspace, own.id);
        await fill?.(dialogOf(page));
        await expect(verdict(page, code).first()).toHaveText(`Blocked: ${message}`);
        expect(await replays()).toBe(before);
      } finally {
        await undo?.(api, own.slug);
      }
      if (undo) {
        await openReplay(page, workspace, own.id);
        await submitted(page);
      }
    });
  });

test("workflow_paused: the dialog gives the admin's reason", async ({ page, workspace, api }) => {
  const { id, slug } = await greeted("codes");
  await api.call("POST", `/workflows/${slug}/pause`, { body: { reason: "Refunds are paid twice" } });
  await openReplay(page, workspace, id);
  await expect(verdict(page, "workflow_paused").nth(1)).toHaveText("Reason: Refunds are paid twice");
});

test("replay_depth_exceeded: five levels are accepted, the sixth is not", async ({ page, workspace, api }) => {
  let { id } = await greeted("codes");
  for (let level = 1; level <= 5; level++) {
    const accepted = await api.call("POST", `/runs/${id}/replay`);
    expect(accepted.body).toMatchObject({ depth: level });
    id = (await api.reached(accepted.body.id)).id;
  }
  await openReplay(page, workspace, id);
  await expect(verdict(page, "replay_depth_exceeded")).toHaveText("Blocked: Replay chain exceeded depth limit");
  await submitOf(page).click();
  await expectRefused(page, "Replay chain exceeded depth limit");
});

test("nodes_unmapped: the alert counts the renamed nodes, and Submit is disabled", async ({ page, workspace, api }) => {
  const { id, slug } = await greeted("codes");
  await api.call("POST", `/workflows/${slug}/versions`, { body: { definition: greeting("hallo", "rufe") } });
  const dialog = await openReplay(page, workspace, id);
  await expect(submitOf(page)).toBeEnabled();
  await dialog.getByLabel("Target version").selectOption({ label: "Latest version (v2)" });
  const alert = dialog.getByRole("alert").filter({ hasText: "need mapping" });
  await expect(alert.locator("p")).toHaveText(
    "2 renamed node(s) need mapping before this cross-version replay can run.",
  );
  await expect(submitOf(page)).toBeDisabled();
});

test("run_in_flight: Replay says why it is disabled, in the trace and in the list", async ({
  page,
  workspace,
  api,
}) => {
  const message = "Cannot replay an in-flight run";
  const id = await api.trigger("support-refund", {
    version: 1,
    payload: ticketPayload("late-backpack", { note: faultNote("stall") }),
  });
  await openTrace(page, workspace, id);
  const button = page.getByRole("button", { name: "Replay" });
  await expect(button).toHaveAccessibleDescription(message);
  await button.hover();
  await expect(page.getByRole("tooltip")).toHaveText(message);
  await page.goto(monitoringPath(workspace));
  await page.getByRole("button", { name: `Actions for ${id}` }).click();
  const item = page.getByRole("menuitem", { name: /Replay/ });
  await expect(item).toHaveAttribute("aria-disabled", "true");
  await expect(item).toContainText(message);
  await page.goto(`${tracePath(workspace, id)}?replay=1`);
  await expect(button).toHaveAccessibleDescription(message);
  await expect(dialogOf(page)).toHaveCount(0);
  await api.call("POST", `/runs/${id}/cancel`);
});

test.describe("cross_boundary", () => {
  test.use({ expectedErrors: [/404/] });
  test("another workspace's run is not found as a page; asked to replay it, the server says why not", async ({
    page,
    workspace,
  }) => {
    const { id } = await greeted("spent");
    await page.goto(tracePath(workspace, id));
    await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
    const answer = await page.request.post(`/api/v1/runs/${id}/replay?workspace=${workspace.slug}`, {
      headers: { origin: new URL(page.url()).origin },
    });
    expect([answer.status(), ((await answer.json()) as { detail: string }).detail]).toEqual([
      403,
      "This run belongs to another workspace or account.",
    ]);
  });
});

test.describe("replay_quota_exceeded", () => {
  test.use({ workspaceName: "spent" });
  test("20 in the last minute are accepted, and the dialog says when the next one is free", async ({
    page,
    workspace,
    api,
  }) => {
    const { id } = await greeted("spent");
    const answers = await Promise.all(Array.from({ length: 25 }, () => api.call("POST", `/runs/${id}/replay`)));
    expect(answers.some(({ status }) => status === 429)).toBe(true);
    const dialog = await openReplay(page, workspace, id);
    await expect(verdict(page, "replay_quota_exceeded")).toHaveText("Blocked: Replay quota exceeded");
    await expect(dialog.getByText(/^No replays left this minute; the next in \d+ s$/)).toBeVisible();
    await submitOf(page).click();
    await expectRefused(page, "Replay quota exceeded");
  });
});
