import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { repository } from "#/lib/launcher/paths.ts";
import { startStack, type Stack } from "#/tests/support/processes.ts";
import { cookieHeader, signIn } from "#/tests/support/sign-in.ts";
import { greet, stackTenants, type StackTenant } from "#/tests/support/stack-tenants.ts";

/** Pages by their address, as the folders of `app` say. */
const pages = readdirSync(join(repository, "app"), { recursive: true, encoding: "utf8" })
  .filter((file) => /(^|\/)page\.tsx$/.test(file))
  .map((file) => `/${file.replace(/\/?page\.tsx$/, "").replace(/\([^)]*\)\/?/g, "")}`.replace(/(?<=.)\/$/, ""));

/** Addresses of things of a workspace, by the name of the segment that holds one. */
type Ids = Record<string, string>;

let stack: Stack;
let ours: StackTenant;
let cookie: string;
let own: Ids;
let foreign: Ids;

beforeAll(async () => {
  stack = await startStack({ webs: 1, workers: 0 });
  const [a1, , b1] = await stackTenants(stack);
  ours = a1;
  const owner = ours.members.find(({ role }) => role === "owner");
  if (!owner) throw new Error("the fixture has no owner");
  cookie = cookieHeader(await signIn(stack.baseUrls[0] ?? "", owner));
  [own, foreign] = await Promise.all([idsOf(a1), idsOf(b1)]);
});
afterAll(() => stack?.stop());

async function idsOf(tenant: StackTenant): Promise<Ids> {
  const api = tenant.api();
  const slug = `greet-${tenant.slug.slice(0, 2)}`;
  const pushed = await api.call("POST", "/workflows", { body: { slug, definition: greet } });
  expect(pushed.status).toBe(201);
  const prompt = await api.call("POST", "/prompts", { body: { name: "decide", text: "Decide" } });
  const runId = await api.trigger(slug, { payload: { name: "one" } });
  const batch = await api.call("POST", "/replay-batches", { body: { runIds: [runId] } });
  expect(batch.status).toBe(202);
  const schedule = await api.call("POST", "/schedules", { body: { workflow: slug, cron: "@yearly" } });
  expect(schedule.status).toBe(201);
  return {
    workspaceSlug: tenant.slug,
    runId,
    otherId: await api.trigger(slug, { payload: { name: "two" } }),
    slug,
    promptId: prompt.body.id as string,
    batchId: batch.body.id as string,
    scheduleId: schedule.body.id as string,
  };
}

const unknown: Ids = {
  ...{ workspaceSlug: "nowhere", slug: "nowhere", token: "nothing" },
  ...{ runId: "run_00000000000000000000000000", otherId: "run_00000000000000000000000001" },
  promptId: "pr_00000000000000000000000000",
  batchId: "batch_00000000000000000000000000",
  scheduleId: "sched_00000000000000000000000000",
};

async function statusOf(page: string, ids: Ids, query = ""): Promise<number> {
  const path = page.replace(/\[(\w+)\]/g, (_, name: string) => ids[name] ?? "");
  const url = `${stack.baseUrls[0]}${path}${query}`;
  const response = await fetch(url, { headers: { cookie }, redirect: "manual" });
  await response.body?.cancel();
  return response.status;
}

const segments = (page: string) => [...page.matchAll(/\[(\w+)\]/g)].map(([, name = ""]) => name);

describe("every page answers 404 by status where an id in its address is none of the workspace's", () => {
  test("there are pages", () => expect(pages.length).toBeGreaterThan(18));

  test.each(pages)("%s", async (page) => {
    // A link that lets somebody in has a token that no fixture knows.
    if (segments(page).every((name) => name in own)) expect([200, 307]).toContain(await statusOf(page, own));
    for (const name of segments(page)) {
      expect([name, await statusOf(page, { ...own, [name]: unknown[name] ?? "" })]).toEqual([name, 404]);
      expect([name, await statusOf(page, { ...own, [name]: "%00" })]).toEqual([name, 404]);
      if (name in foreign)
        expect([name, await statusOf(page, { ...own, [name]: foreign[name] ?? "" })]).toEqual([name, 404]);
    }
    expect(await statusOf(`${page.replace(/^\/$/, "")}/no-such-page`, { ...unknown, ...own })).toBe(404);
  });

  test("and where a revision in its query is none of the prompt's", async () => {
    const page = "/[workspaceSlug]/prompts/[promptId]";
    for (const name of ["revision", "against"])
      expect([name, await statusOf(page, own, `?${name}=sha256:${"0".repeat(64)}`)]).toEqual([name, 404]);
  });
});
