import { globSync, readFileSync } from "node:fs";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Operation } from "#/lib/api/operation.ts";
import { allOperations } from "#/lib/api/operations/all.ts";
import { newId } from "#/lib/core/ids.ts";
import { startMcpServer, type McpTestServer } from "#/tests/support/mcp-server.ts";
import { startStack, type Stack } from "#/tests/support/processes.ts";
import { cookieHeader, signIn } from "#/tests/support/sign-in.ts";
import { stackTenants, type StackTenant } from "#/tests/support/stack-tenants.ts";
import { actionInputs, bodies, byOwnName, makesOwn, routeFiles, queries } from "./cases.ts";
import { furnish, type Furnished } from "./furnished.ts";
import { leakFinder, rowsReader, type ReadRows } from "./walls.ts";

let stack: Stack;
let bank: McpTestServer;
let owner: postgres.Sql;
let rowsOf: ReadRows;
let base: string;
let victimId: string;
let victim: Furnished;
/** Of another account, and of another workspace of the victim's own account. */
let stranger: Furnished;
let sibling: Furnished;
let attackers: Attacker[];
let leaks: (answer: string, request: string) => string[];
let before: Map<string, string[]>;
let stream: { text: string; close: () => Promise<void> };

type Attacker = {
  name: string;
  headers: Record<string, string>;
  /** `?workspace=` of its requests. */
  workspace?: string;
  mine: Furnished;
  /** What a request about a thing of the victim's may be answered with, by a thing's id and without one. */
  expects: readonly number[] | null;
  always?: readonly number[];
};

beforeAll(async () => {
  bank = await startMcpServer();
  stack = await startStack({ env: { REPRISE_EGRESS_ALLOW: bank.host } });
  base = stack.baseUrls[0] ?? "";
  owner = postgres(stack.databaseUrl, { max: 2, onnotice: () => {} });
  rowsOf = await rowsReader(owner);
  const [a1, a2, b1] = await stackTenants(stack);
  victimId = a1.id;
  [victim, sibling, stranger] = (await Promise.all([a1, a2, b1].map((each, n) => furnish(stack, each, n, bank)))) as [
    Furnished,
    Furnished,
    Furnished,
  ];
  attackers = await attackersOf(a2, b1);
  before = await settledRows();
  leaks = leakFinder(victim, before, [await rowsOf(a2.id), await rowsOf(b1.id)]);
  stream = await openStream();
}, 240_000);
afterAll(async () => {
  await stream?.close();
  await Promise.all([owner?.end(), bank?.close()]);
  await stack?.stop();
});

async function attackersOf(a2: StackTenant, b1: StackTenant): Promise<Attacker[]> {
  const keyOf = (tenant: StackTenant) => tenant.apiKeys.find(({ scopes }) => scopes.length > 1)?.secret ?? "";
  const key = (tenant: StackTenant) => ({ authorization: `Bearer ${keyOf(tenant)}` });
  const session = (cookie: string) => ({ cookie, origin: base });
  const viewer = b1.members.find(({ role }) => role === "viewer");
  if (!viewer) throw new Error("the fixture has a viewer");
  const viewing = session(cookieHeader(await signIn(base, viewer)));
  return [
    { name: "nobody", headers: {}, workspace: victim.slug, mine: stranger, expects: [401], always: [401] },
    { name: "a key of another account", headers: key(b1), mine: stranger, expects: [404] },
    {
      name: "the same, naming the workspace",
      headers: key(b1),
      workspace: victim.slug,
      mine: stranger,
      expects: [404],
    },
    { name: "a key of the account's other workspace", headers: key(a2), mine: sibling, expects: [404] },
    {
      name: "an owner of another account, in the workspace",
      headers: session(stranger.session),
      workspace: victim.slug,
      mine: stranger,
      expects: [404],
      always: [404],
    },
    {
      name: "an owner of the account's other workspace, in the workspace",
      headers: session(sibling.session),
      workspace: victim.slug,
      mine: sibling,
      expects: [404],
      always: [404],
    },
    {
      name: "an owner of another account, in their own",
      headers: session(stranger.session),
      workspace: stranger.slug,
      mine: stranger,
      expects: [404],
    },
    {
      name: "a viewer of another account",
      headers: viewing,
      workspace: stranger.slug,
      mine: stranger,
      expects: [403, 404],
    },
  ];
}

/** The victim's rows once its worker writes no more: two looks that are the same. */
async function settledRows(): Promise<Map<string, string[]>> {
  for (let last = ""; ;) {
    const rows = await rowsOf(victimId);
    const text = JSON.stringify([...rows]);
    if (text === last) return rows;
    last = text;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** A live stream of the stranger's own, open for as long as the attacks go on. */
async function openStream() {
  const { headers, workspace } = attackers.find(({ name }) => name.endsWith("in their own"))!;
  const url = `${base}/api/v1/runs/${stranger.run.delayed}/events?workspace=${workspace}`;
  const response = await fetch(url, { headers: { ...headers, accept: "text/event-stream" } });
  const reader = response.body!.getReader();
  const open = { text: "", close: () => reader.cancel() };
  void (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read())
      open.text += Buffer.from(part.value).toString();
  })().catch(() => {});
  return open;
}

type Answer = { status: number; text: string; problem: { code?: string; detail?: string } };

async function send(
  as: Attacker,
  method: string,
  path: string,
  body?: object,
  accept = "application/json",
): Promise<Answer> {
  const url = new URL(`${base}/api/v1${path}`);
  if (as.workspace) url.searchParams.set("workspace", as.workspace);
  const sent = body ? JSON.stringify(body) : undefined;
  const headers = { accept, ...as.headers, ...(sent ? { "content-type": "application/json" } : {}) };
  const response = await fetch(url, { method, headers, body: sent ?? null });
  const text = `${await response.text()} ${JSON.stringify([...response.headers])}`;
  expect({ as: as.name, what: `${method} ${path}`, leaks: leaks(text, `${url.href} ${sent}`) }).toMatchObject({
    leaks: [],
  });
  if (response.status === 500) expect.fail(`${method} ${path} answered 500: ${text}`);
  return { status: response.status, text, problem: problemOf(text) };
}

function problemOf(text: string): Answer["problem"] {
  try {
    return JSON.parse(text.slice(0, text.lastIndexOf("} [") + 1)) as Answer["problem"];
  } catch {
    return {};
  }
}

const paramsOf = ({ path }: Operation) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
const collectionOf = ({ path }: Operation) => path.split("/")[1] ?? "";

/** What a parameter of a path may be in this workspace; the state of a run is one in which the operation would work. */
function valueOf(operation: Operation, param: string, of: Furnished): string {
  const runs: Record<string, string> = {
    decideApproval: of.run.waiting,
    listApprovals: of.run.waiting,
    cancelRun: of.run.delayed,
    pauseRun: of.run.delayed,
    resumeRun: of.run.delayed,
    rescheduleRun: of.run.delayed,
  };
  const further: Record<string, string> = {
    spanId: operation.id === "decideApproval" ? of.run.approval : of.run.span,
    otherId: of.run.replay,
    hash: of.prompt.hash,
    version: "1",
  };
  const value = further[param] ?? runs[operation.id] ?? of.named[collectionOf(operation)];
  if (value === undefined) throw new Error(`no {${param}} for ${operation.path}: add it to furnished.ts`);
  return value;
}

const filled = (operation: Operation, from: (param: string, place: number) => string) => {
  let place = 0;
  return operation.path.replace(/\{(\w+)\}/g, (_, param: string) => encodeURIComponent(from(param, place++)));
};

/** The paths of an operation with at least one thing of the victim's in them, the caller's own in the other places. */
function foreignPaths(operation: Operation, mine: Furnished): string[] {
  const count = paramsOf(operation).length;
  const masks = Array.from({ length: 2 ** count }, (_, n) => n).slice(1);
  const path = (mask: number) =>
    filled(operation, (param, place) => valueOf(operation, param, mask & (1 << place) ? victim : mine));
  return [...new Set(masks.map(path))].filter((each) => each !== path(0));
}

function bodiesOf(operation: Operation, mine: Furnished): (object | undefined)[] {
  if (!operation.body) return [undefined];
  const made = bodies[operation.id];
  if (!made) throw new Error(`no body for ${operation.id}: add it to cases.ts`);
  return made(victim, mine);
}

const unchanged = async () => {
  const now = await rowsOf(victimId);
  for (const [table, rows] of before) expect([table, now.get(table)]).toEqual([table, rows]);
};

describe("the cases", () => {
  test("fill every table that holds a workspace's data, and their mark stands in each that holds text", () => {
    const empty = [...before].flatMap(([table, rows]) => (rows.length === 0 ? [table] : []));
    // A sign-in by an identity provider, a link that nobody asked for, keys in use, a queue that has nothing to do, and a
    // provider that fails.
    const mayBeEmpty = [
      "identities",
      "password_links",
      "workspace_policies",
      "idempotency_claims",
      "job",
      "provider_circuits",
    ];
    expect(empty.filter((table) => !mayBeEmpty.some((name) => table.endsWith(name)))).toEqual([]);
    const unmarked = [...before].flatMap(([table, rows]) =>
      rows.some((row) => row.includes(victim.mark)) ? [] : [table],
    );
    const holdNoText =
      /^(workspaces|sessions|members|version_prompts|approvals|run_skeletons|run_events|run_payload_terms|replay_batch_items|idempotency_keys|pgboss.job)$/;
    expect(unmarked.filter((table) => !holdNoText.test(table) && !empty.includes(table))).toEqual([]);
  });

  test("would show a breach: what the workspace's own member reads, on pages and over the API, is found in each", async () => {
    const missed: string[] = [];
    const paths = [
      "/runs",
      `/runs/${victim.run.finished}`,
      "/prompts",
      "/members",
      "/audit-events",
      "/audit-events/export",
      "/workflows",
      "/tools",
    ];
    const pages = ["/members", "/prompts", "/audit-log", "/monitoring/workflow-runs"];
    const urls = [
      ...paths.map((path) => `/api/v1${path}?workspace=`),
      ...pages.map((page) => `/${victim.slug}${page}?`),
    ];
    for (const url of urls) {
      const address = url.endsWith("=") ? `${base}${url}${victim.slug}` : `${base}${url}`;
      const text = await (await fetch(address, { headers: { cookie: victim.session } })).text();
      if (leaks(text, address).length < 2) missed.push(url);
    }
    expect(missed).toEqual([]);
  });

  test("have every route file of the build: the one of the API, and those that are named", () => {
    const manifest = JSON.parse(readFileSync(".next/app-path-routes-manifest.json", "utf8")) as Record<string, string>;
    const served = Object.entries(manifest).flatMap(([file, path]) => (file.endsWith("/route") ? [path] : []));
    const sources = globSync("app/**/route.ts").map((file) => file.replace(/^app/, "").replace(/\/route\.ts$/, ""));
    for (const paths of [served.filter((path) => path !== "/icon.svg"), sources])
      expect(paths.toSorted()).toEqual(routeFiles);
  });
});

const expectStatus = (as: Attacker, what: string, answer: Answer, allowed: readonly number[] | null | undefined) => {
  if (allowed && !allowed.includes(answer.status))
    expect.fail(`${as.name}: ${what} answered ${answer.status}, not ${allowed.join(" or ")}: ${answer.text}`);
};
/** Replaying another workspace's run has a code of its own (product contract): 403 `cross_boundary`. */
const hasOwnCode = (name: string) => /^(submit|preflight)Replay/.test(name);
const allowedFor = (operation: Operation, as: Attacker) =>
  hasOwnCode(operation.id) ? [403, ...(as.expects ?? [])] : as.expects;
const own = (operation: Operation, mine: Furnished) => filled(operation, (param) => valueOf(operation, param, mine));
const named = (wanted: (operation: Operation) => boolean) =>
  allOperations.filter(wanted).map((operation) => [operation.id, operation] as const);

describe("every operation on what is another workspace's", () => {
  test.each(named((each) => paramsOf(each).length > 0 && !byOwnName.has(each.id)))("%s", async (_id, operation) => {
    for (const as of attackers)
      for (const path of foreignPaths(operation, as.mine))
        for (const body of bodiesOf(operation, as.mine))
          expectStatus(as, path, await send(as, operation.method, path, body), as.always ?? allowedFor(operation, as));
    await unchanged();
  });

  test.each(named(({ method }) => method === "GET"))("%s, as far as it searches or pages", async (_id, operation) => {
    for (const as of attackers) {
      const path = own(operation, as.mine);
      const searched = [...(queries[operation.id]?.(victim) ?? []), ...cursorsFor(operation)];
      for (const asked of [path, ...searched.map((query) => `${path}?${query}`)])
        expectStatus(as, asked, await send(as, "GET", asked), as.always);
    }
    await unchanged();
  });

  const cursorsFor = (operation: Operation) =>
    operation.method === "GET" && paramsOf(operation).length < 2
      ? Object.values(victim.cursors).map((cursor) => `cursor=${encodeURIComponent(cursor)}`)
      : [];

  test("is answered as what has never existed", async () => {
    const as = attackers[1]!;
    for (const operation of allOperations.filter(
      (each) => paramsOf(each).length > 0 && !byOwnName.has(each.id) && !hasOwnCode(each.id),
    )) {
      const made = new Map<string, string>();
      const unknown = (value: string) => {
        const known =
          made.get(value) ??
          value.replace(/[0-9a-z]{26}$/, newId("run").slice(4)).replaceAll(victim.mark, "nowhere00000");
        made.set(value, known);
        return known;
      };
      const [body] = bodiesOf(operation, as.mine);
      const theirs = await send(
        as,
        operation.method,
        filled(operation, (param) => valueOf(operation, param, victim)),
        body,
      );
      const path = filled(operation, (param) => unknown(valueOf(operation, param, victim)));
      const nobodys = await send(as, operation.method, path, body);
      const plain = ({ status, problem }: Answer) => [
        status,
        problem.code,
        [...made].reduce((text, [a, b]) => text?.replaceAll(a, b), problem.detail),
      ];
      expect([operation.id, ...plain(theirs)]).toEqual([operation.id, ...plain(nobodys)]);
    }
  }, 120_000);

  test("cannot be used by something of one's own: a run, replayed with their prompt or model, is refused", async () => {
    for (const as of attackers.filter(({ always, name }) => !always && !name.includes("viewer")))
      for (const body of bodies["submitReplay"]!(victim, as.mine).slice(1, 3)) {
        const { status } = await send(as, "POST", `/runs/${as.mine.run.finished}/replay`, body);
        expect({ as: as.name, body, refused: status >= 400 }).toEqual({ as: as.name, body, refused: true });
      }
    await unchanged();
  });

  test("opens no live stream", async () => {
    for (const as of attackers)
      for (const id of [victim.run.delayed, victim.run.waiting, victim.run.finished]) {
        const { status } = await send(as, "GET", `/runs/${id}/events`, undefined, "text/event-stream");
        expect({ as: as.name, status: as.expects?.includes(status) }).toEqual({ as: as.name, status: true });
      }
  });
});

describe("every server action", () => {
  type Manifest = { node: Record<string, { exportedName: string; workers: Record<string, unknown> }> };
  const all = () => {
    const manifest = JSON.parse(readFileSync(".next/server/server-reference-manifest.json", "utf8")) as Manifest;
    return Object.entries(manifest.node).map(([id, entry]) => ({ id, ...entry }));
  };
  const act = async (
    action: { id: string; workers: Record<string, unknown> },
    page: Furnished,
    headers: Record<string, string>,
    input: object,
  ) => {
    const [worker = ""] = Object.keys(action.workers);
    const path = worker.replace(/^app/, "").replace(/\/page$/, "");
    const url = `${base}${pagePath(path, page)}`;
    const sent = JSON.stringify([input]);
    const response = await fetch(url, {
      method: "POST",
      redirect: "manual",
      headers: {
        ...headers,
        accept: "text/x-component",
        "next-action": action.id,
        "content-type": "text/plain;charset=UTF-8",
      },
      body: sent,
    });
    const text = await response.text();
    expect({ page: url, sent, leaks: leaks(text, `${url} ${sent}`) }).toMatchObject({ leaks: [] });
    const said = /"ok":false,"problem":\{[^{}]*"status":(\d+)/.exec(text)?.[1];
    expect({ page: url, sent, status: response.status }).toEqual({ page: url, sent, status: Number(said ?? 200) });
    return { status: Number(said ?? 0), text };
  };

  test("cannot be made to fail by what is sent: a body that is no call is refused, also to an action there is not", async () => {
    const [action] = all();
    const path = pagePath(
      Object.keys(action!.workers)[0]!
        .replace(/^app/, "")
        .replace(/\/page$/, ""),
      stranger,
    );
    for (const id of [action!.id, "0".repeat(42), "x"])
      for (const [type, body] of [
        ["text/plain;charset=UTF-8", "["],
        ["text/plain;charset=UTF-8", ""],
        ["text/plain;charset=UTF-8", '["$F1"]'],
        ["text/plain;charset=UTF-8", '["$Q9"]'],
        ["application/json", "{}"],
        ["multipart/form-data; boundary=x", "--x"],
        ["multipart/form-data; boundary=x", '--x\r\ncontent-disposition: form-data; name="0"\r\n\r\n[\r\n--x--\r\n'],
        ["multipart/form-data", "x"],
      ] as const) {
        const headers = { cookie: stranger.session, origin: base, "next-action": id, "content-type": type };
        const { status } = await fetch(`${base}${path}`, { method: "POST", redirect: "manual", headers, body });
        expect({ id, type, body, refused: status >= 400 && status < 500 }).toEqual({ id, type, body, refused: true });
      }
  });

  test("has a case", () => {
    const names = new Set(all().map(({ exportedName }) => exportedName));
    expect(names.size).toBeGreaterThan(30);
    expect([...names].filter((name) => !(name in actionInputs))).toEqual([]);
  });

  test("refuses a foreign workspace and foreign ids, and changes nothing", async () => {
    for (const action of all()) {
      const input = actionInputs[action.exportedName]?.(victim);
      if (!input) continue;
      for (const mine of [stranger, sibling]) {
        const headers = { cookie: mine.session, origin: base };
        for (const page of [mine, victim]) {
          const foreign = await act(action, page, headers, { ...input, workspaceSlug: victim.slug });
          expect([action.exportedName, foreign.status, foreign.text]).toEqual([action.exportedName, 404, foreign.text]);
        }
        const own = await act(action, mine, headers, { ...input, workspaceSlug: mine.slug });
        if (!makesOwn.has(action.exportedName)) {
          const expected = hasOwnCode(action.exportedName) ? 403 : 404;
          expect([action.exportedName, own.status, own.text]).toEqual([action.exportedName, expected, own.text]);
        }
      }
      const nobody = await act(
        action,
        victim,
        { origin: base, cookie: "next-auth.session-token=x" },
        { ...input, workspaceSlug: victim.slug },
      );
      expect([action.exportedName, nobody.status]).toEqual([action.exportedName, 401]);
      await unchanged();
    }
  }, 240_000);
});

/** A page's address: the workspace of `page`, and the things of `of`. */
function pagePath(template: string, page: Furnished, of: Furnished = page): string {
  const values: Record<string, string> = {
    workspaceSlug: page.slug,
    runId: of.run.finished,
    otherId: of.run.replay,
    promptId: of.prompt.id,
    batchId: of.named["replay-batches"] ?? "",
    scheduleId: of.named["schedules"] ?? "",
    slug: of.named["workflows"] ?? "",
    token: "nothing",
  };
  return template.replace(/\/\([^)]*\)/g, "").replace(/\[(\w+)\]/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no [${name}] for ${template}: add it here`);
    return value;
  });
}

describe("every page", () => {
  const pages = () => {
    const manifest = JSON.parse(readFileSync(".next/app-path-routes-manifest.json", "utf8")) as Record<string, string>;
    return Object.values(manifest).filter((path) => path.startsWith("/[workspaceSlug]"));
  };

  test("is not found in a foreign workspace, nor with foreign ids, as HTML and as data for the browser", async () => {
    expect(pages().length).toBeGreaterThan(12);
    for (const template of pages())
      for (const mine of [stranger, sibling]) {
        const hasIds = template.replace("[workspaceSlug]", "").includes("[");
        const paths = [
          pagePath(template, victim),
          pagePath(template, victim, mine),
          ...(hasIds ? [pagePath(template, mine, victim)] : []),
        ];
        for (const path of paths)
          for (const more of [{}, { rsc: "1" }, { rsc: "1", "next-router-prefetch": "1" }] as Record<
            string,
            string
          >[]) {
            const url = `${base}${path}`;
            const response = await fetch(url, { redirect: "manual", headers: { cookie: mine.session, ...more } });
            const text = `${await response.text()} ${JSON.stringify([...response.headers])}`;
            expect({ url, leaks: leaks(text, url) }).toMatchObject({ leaks: [] });
            // A page whose frame was sent already says so in its stream.
            const isGone =
              response.status === 404 || text.includes("NEXT_HTTP_ERROR_FALLBACK;404") || response.status === 307;
            const isPrefetch = "next-router-prefetch" in more;
            expect({ url, more, isGone: isGone || isPrefetch }).toEqual({ url, more, isGone: true });
          }
      }
    await unchanged();
  }, 240_000);

  test("leads to the sign-in page without a session, and forms of it give nothing to anybody", async () => {
    for (const template of pages())
      for (const cookie of ["", "next-auth.session-token=x"]) {
        const url = `${base}${pagePath(template, victim)}`;
        const response = await fetch(url, { redirect: "manual", headers: { cookie } });
        const text = await response.text();
        expect({ url, leaks: leaks(text, url) }).toMatchObject({ leaks: [] });
        expect([url, response.status < 400 ? (response.headers.get("location") ?? text) : ""]).toEqual([
          url,
          expect.stringMatching(/login/),
        ]);
      }
  });
});

// Last: what is made here under the victim's names is the attackers' own, and stands in their lists from now on.
describe("every operation that names what is another workspace's in its body, or makes something of that name", () => {
  test.each(named((each) => each.body !== undefined || byOwnName.has(each.id)))("%s", async (_id, operation) => {
    for (const as of attackers) {
      const foreign = byOwnName.has(operation.id) ? foreignPaths(operation, as.mine) : [];
      for (const path of [own(operation, as.mine), ...foreign])
        for (const body of bodiesOf(operation, as.mine))
          expectStatus(as, path, await send(as, operation.method, path, body), as.always);
    }
    await unchanged();
  });
});

test("a live stream of one's own told nothing of all this", () => {
  expect(stream.text.length).toBeGreaterThan(0);
  expect(leaks(stream.text, "")).toEqual([]);
});

test("a workspace that the owner of the database deletes goes with all it holds, the audit log too, and no other with it", async () => {
  const kept = (await owner`select from audit_events where workspace_id <> ${victimId}`).length;
  // As docs/operations.md says: what refers to prompts first.
  await owner.begin(async (tx) => {
    await tx`delete from runs where workspace_id = ${victimId}`;
    await tx`delete from workflows where workspace_id = ${victimId}`;
    await tx`delete from workspaces where id = ${victimId}`;
  });
  const left = [...(await rowsOf(victimId))].filter(([table, rows]) => table !== "pgboss.job" && rows.length > 0);
  expect(left).toEqual([]);
  expect((await owner`select from audit_events`).length).toBe(kept);
});
