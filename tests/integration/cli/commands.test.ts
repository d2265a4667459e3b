import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cliInHome, type CliRun } from "#/tests/support/run-cli.ts";
import {
  eventMessage,
  problem,
  runBody,
  startFakeService,
  type FakeService,
  type Handler,
} from "#/tests/support/fake-service.ts";

let service: FakeService;
let cli: ReturnType<typeof cliInHome>;
beforeEach(() => {
  cli = cliInHome();
});
afterEach(async () => {
  cli.remove();
  await service.stop();
});

/** Runs a command line against a service that answers as given, signed in by the environment. */
async function run(args: string[], handler: Handler, options: CliRun = {}) {
  service = await startFakeService(handler);
  const env = { REPRISE_URL: service.url, REPRISE_API_KEY: "rp_live_x", ...options.env };
  return cli.run(args, { ...options, env });
}

const page = (data: unknown[]) => ({ json: { data, hasMore: false, nextCursor: null } });
const json = (text: string): unknown => JSON.parse(text);

describe("exit codes", () => {
  test.each<[string, string[], Handler, number]>([
    ["0 for an empty list", ["runs", "list"], () => page([]), 0],
    [
      "1 for what is not there",
      ["runs", "get", "r"],
      () => problem(404, "not_found", { "x-should-retry": "false" }),
      1,
    ],
    [
      "1 for a run in flight",
      ["runs", "replay", "r"],
      () => problem(409, "run_in_flight", { "x-should-retry": "false" }),
      1,
    ],
    ["2 for an unknown command", ["nope"], () => ({}), 2],
    ["2 for a group without a command", ["runs"], () => ({}), 2],
    ["2 for an unknown option", ["runs", "list", "--nope"], () => ({}), 2],
    ["2 for a missing argument", ["runs", "get"], () => ({}), 2],
    ["2 for an unknown status", ["runs", "list", "--status", "done"], () => ({}), 2],
    ["2 for an unknown output format", ["runs", "list", "-o", "yaml"], () => ({}), 2],
    ["2 for a file that is not there", ["trigger", "manual", "-w", "x", "-j", "/nope.json"], () => ({}), 2],
    ["2 for half of an override", ["runs", "replay", "r", "--prompt", "p"], () => ({}), 2],
    ["2 for no runs at all", ["runs", "cancel"], () => ({}), 2],
    ["2 for what the service finds malformed", ["runs", "get", "r"], () => problem(400, "validation_failed"), 2],
    ["3 for a wait that took too long", ["runs", "replay", "r", "--wait", "--timeout", "50ms"], waiting, 3],
    ["4 for a key that is not valid", ["runs", "list"], () => problem(401, "unauthenticated"), 4],
    ["4 for a missing scope", ["runs", "cancel", "r"], () => problem(403, "forbidden"), 4],
    ["5 for a run that failed", ["runs", "watch", "r"], () => ended("failed"), 5],
    ["5 for a run that was cancelled", ["runs", "watch", "r"], () => ended("cancelled"), 5],
    ["0 for a run that succeeded", ["runs", "watch", "r"], () => ended("completed"), 0],
    [
      "6 for the quota",
      ["runs", "replay", "r"],
      () => problem(429, "replay_quota_exceeded", { "retry-after": "40" }),
      6,
    ],
    [
      "6 for the depth limit",
      ["runs", "replay", "r"],
      () => problem(429, "replay_depth_exceeded", { "x-should-retry": "false" }),
      6,
    ],
    ["6 for the model policy", ["runs", "replay", "r"], () => problem(403, "model_not_available"), 6],
    ["0 for help", ["runs", "list", "--help"], () => ({}), 0],
    ["0 for the version", ["--version"], () => ({}), 0],
  ])("%s", async (_name, args, handler, code) => {
    const result = await run(args, handler);
    expect(result).toMatchObject({ code });
    if (code !== 0 && code !== 5) expect(result.stderr).not.toBe("");
  });

  test("1 when there is no connection, within seconds", async () => {
    service = await startFakeService(() => ({}));
    await service.stop();
    const env = { REPRISE_URL: service.url, REPRISE_API_KEY: "k" };
    expect(await cli.run(["runs", "list"], { env })).toMatchObject({ code: 1, stdout: "" });
  });
});

/** A replay is accepted and never ends. */
function waiting({ method }: { method: string }) {
  return method === "POST"
    ? { status: 202, json: { id: "run_new", url: "/x" } }
    : { json: runBody("run_new", "running") };
}

/** A run that has ended so, as JSON or, for the events, as a list without more. */
function ended(status: string) {
  const events = [
    { seq: 1, type: "run.started", at: "2026-11-20T10:00:00.000Z", nodeId: null, spanId: null, key: null, data: {} },
  ];
  return { json: { ...runBody("r", status), data: events, hasMore: false, final: true } };
}

describe("-o json", () => {
  test("stdout is JSON and nothing else; progress goes to stderr", async () => {
    const result = await run(["runs", "watch", "r", "-o", "json"], ({ headers, path }) => {
      if (!path.endsWith("/events")) return { json: runBody("r", "failed") };
      expect(headers.accept).toBe("text/event-stream");
      const text = eventMessage(1, "run.started") + eventMessage(2, "run.failed") + "event: end\ndata: {}\n\n";
      return { text, headers: { "content-type": "text/event-stream" } };
    });
    expect(json(result.stdout)).toMatchObject({ id: "r", status: "failed" });
    expect(result.stderr).toContain("run.started");
    expect(result.code).toBe(5);
  });

  test("a failure leaves stdout empty and says code and request on stderr", async () => {
    const result = await run(["runs", "get", "r", "-o", "json"], () => problem(404, "not_found"));
    expect(result.stdout).toBe("");
    expect(result.stderr).toContain("not_found");
    expect(result.stderr).toContain("req_fake");
  });

  test("runs replay prints the new ids", async () => {
    const result = await run(["runs", "replay", "a", "b", "-o", "json"], ({ path }) => ({
      ...{ status: 202, json: { id: `new_of_${path.split("/")[4]}`, url: "/x" } },
    }));
    expect(json(result.stdout)).toEqual({ ids: ["new_of_a", "new_of_b"] });
  });

  test("runs replay tells what was submitted before a refusal", async () => {
    const result = await run(["runs", "replay", "a", "b", "c", "-o", "json"], ({ path }) =>
      path.includes("/b/")
        ? problem(429, "replay_quota_exceeded", { "retry-after": "40" })
        : { status: 202, json: { id: "new", url: "/x" } },
    );
    expect(json(result.stdout)).toEqual({ ids: ["new"] });
    expect(result.code).toBe(6);
    expect(service.received.some(({ path }) => path.includes("/c/"))).toBe(false);
  });

  test("trigger manual reads the payload from stdin and prints runId, id and the page", async () => {
    const args = ["trigger", "manual", "-w", "hello", "-j", "-", "--tag", "a", "--tag", "b", "-o", "json"];
    const answer = {
      status: 202,
      json: { id: "run_1", status: "pending", statusReason: "queued", url: "/acme/ai/runs/run_1" },
    };
    const result = await run(args, () => answer, { input: '{"name":"Ada"}' });
    expect(json(result.stdout)).toMatchObject({
      runId: "run_1",
      id: "run_1",
      url: `${service.url}/acme/ai/runs/run_1`,
    });
    expect(json(service.received[0]?.body ?? "")).toEqual({ payload: { name: "Ada" }, tags: ["a", "b"] });
    expect(service.received[0]?.headers["x-reprise-surface"]).toBe("cli");
  });

  test("runs get is the run with its steps", async () => {
    const result = await run(["runs", "get", "r", "-o", "json"], ({ path }) =>
      path.endsWith("/steps") ? { json: { data: [{ key: "a" }] } } : { json: runBody("r", "completed") },
    );
    expect(json(result.stdout)).toEqual({ ...runBody("r", "completed"), stepCount: 0, steps: [{ key: "a" }] });
  });

  test("data that would steer the terminal is escaped, and is the same value", async () => {
    const hostile = "\u001b[2J\u009b31m\u202e";
    const handler: Handler = () => page([runBody("r", "completed", { workflow: { id: "w", slug: hostile } })]);
    const asJson = await run(["runs", "list", "-o", "json"], handler);
    // oxlint-disable-next-line no-control-regex
    expect(asJson.stdout).not.toMatch(/[\u001b\u009b\u202e]/);
    expect(json(asJson.stdout)).toMatchObject({ data: [{ workflow: { slug: hostile } }] });
    await service.stop();
    // oxlint-disable-next-line no-control-regex
    expect((await run(["runs", "list"], handler)).stdout).not.toMatch(/[\u001b\u009b\u202e]/);
  });
});

describe("filters", () => {
  test("go to the service; a long list is read page by page and no further", async () => {
    const args = [
      "runs",
      "list",
      "--status",
      "failed",
      "--status",
      "cancelled",
      "-w",
      "hello",
      "--since",
      "24h",
      "--limit",
      "150",
    ];
    const result = await run([...args, "-o", "json"], ({ query }) => {
      const count = Number(query.get("limit"));
      return {
        json: { data: Array.from({ length: count }, () => runBody("r", "failed")), hasMore: true, nextCursor: "next" },
      };
    });
    expect((json(result.stdout) as { data: unknown[] }).data).toHaveLength(150);
    expect(service.received.map(({ query }) => query.get("limit"))).toEqual(["100", "50"]);
    const [{ query }] = service.received as [FakeService["received"][0]];
    expect(query.getAll("status")).toEqual(["failed", "cancelled"]);
    expect(query.get("workflow")).toBe("hello");
    expect(Math.abs(Date.parse(query.get("from") ?? "") - (Date.now() - 86_400_000))).toBeLessThan(60_000);
  });

  const failed: Handler = ({ method }) =>
    method === "GET"
      ? page([runBody("a", "failed"), runBody("b", "failed")])
      : { status: 202, json: { id: "batch_1", total: 2, etaSeconds: 0, url: "/x" } };
  const bodies = () =>
    service.received.filter(({ method }) => method === "POST").map(({ path, body }) => [path.slice(7), json(body)]);

  test.each([
    ["runs", "replay"],
    ["runs", "cancel"],
    ["replays", "batch"],
  ])("%s %s never asks without a terminal: it refuses, and changes nothing", async (group, name) => {
    const result = await run([group, name, "--status", "failed"], failed);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain("-y");
    expect(bodies()).toEqual([]);
  });

  test("-y says yes: the filter is sent as such, and runs replay tells the batch", async () => {
    const args = ["--status", "failed", "-w", "a", "-w", "b", "--payload-field", "t.id=7", "--from", "x"];
    const result = await run(["runs", "replay", ...args, "-y", "-o", "json"], failed);
    expect(json(result.stdout)).toEqual({ batch: "batch_1", total: 2 });
    const filter = { status: ["failed"], workflow: ["a", "b"], "payload.t.id": "7" };
    expect(bodies()).toEqual([["/replay-batches", { filter, request: { fromNodeId: "x" } }]]);
  });

  test("--limit means the newest, by their ids; a batch has a name, a cap and a rule for refusals", async () => {
    const options = ["--name", "n", "--max-cost", "2", "--max-cost-each", "0.5", "--on-refusal", "stop"];
    const args = ["replays", "batch", "--status", "failed", "--limit", "2", ...options, "--idempotency-key", "k"];
    const result = await run([...args, "-y", "-o", "json"], failed);
    expect(json(result.stdout)).toMatchObject({ id: "batch_1", total: 2 });
    expect(bodies()).toEqual([
      [
        "/replay-batches",
        {
          ...{ runIds: ["a", "b"], request: { maxCostMicros: 500_000 }, name: "n" },
          ...{ maxCostMicros: 2_000_000, onRefusal: "stop" },
        },
      ],
    ]);
    expect(service.received.at(-1)?.headers["idempotency-key"]).toBe("k");
  });

  test("what filters choose is cancelled by one request, only what has not ended", async () => {
    const handler: Handler = ({ method }) =>
      method === "GET"
        ? page([runBody("a", "pending")])
        : { json: { cancelled: ["a"], notCancellable: [{ id: "b", code: "run_final" }] } };
    const result = await run(["runs", "cancel", "--tag", "t", "-y", "-o", "json"], handler);
    expect(json(result.stdout)).toEqual({
      ...{ ids: ["a"], cancelled: ["a"] },
      notCancellable: [{ id: "b", code: "run_final" }],
    });
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining("b: run_final") as string });
    const status = ["pending", "running", "waiting", "paused"];
    expect(bodies()).toEqual([["/runs/cancel", { filter: { tag: ["t"], status } }]]);
  });

  test.each<[string[], object]>([
    [["runs", "replay"], { batch: null, total: 0 }],
    [["replays", "batch"], { id: null, total: 0 }],
    [["runs", "cancel"], { ids: [], cancelled: [], notCancellable: [] }],
  ])("%j that matches nothing does nothing, successfully", async (command, answer) => {
    const result = await run([...command, "--status", "failed", "-y", "-o", "json"], () => page([]));
    expect(result.code).toBe(0);
    expect(json(result.stdout)).toEqual(answer);
    expect(bodies()).toEqual([]);
  });

  test("ids and filters together are a usage error", async () => {
    expect((await run(["runs", "cancel", "r", "--status", "failed"], failed)).code).toBe(2);
  });
});

describe("runs logs", () => {
  const line = (seq: number) => ({
    seq,
    at: "2026-11-20T10:00:00.000Z",
    level: "info",
    message: `m${seq}`,
    nodeId: "a",
    spanId: null,
    data: {},
  });

  test("--tail shows the last lines, --level goes to the service", async () => {
    const handler: Handler = () => page([line(1), line(2), line(3)]);
    const result = await run(["runs", "logs", "r", "--tail", "2", "--level", "warn", "-o", "json"], handler);
    expect(json(result.stdout)).toEqual({ data: [line(2), line(3)] });
    expect(service.received[0]?.query.get("level")).toBe("warn");
  });

  test("-f shows each line once, also the last ones, and ends with the run", async () => {
    let asked = 0;
    const handler: Handler = ({ path, query }) => {
      if (!path.endsWith("/logs")) return { json: runBody("r", asked > 1 ? "completed" : "running") };
      asked += 1;
      const after = Number(query.get("after") ?? 0);
      return page([1, 2, 3, 4].filter((seq) => seq > after && seq <= asked + 1).map(line));
    };
    const result = await run(["runs", "logs", "r", "-f", "-o", "json"], handler);
    expect(result.stdout.trim().split("\n").map(json)).toEqual([line(1), line(2), line(3), line(4)]);
    expect(result.code).toBe(0);
  });
});

describe("workflows push", () => {
  const yaml = "name: Support refund\nnodes: []\n";
  const write = (name: string, text: string) => {
    writeFileSync(join(cli.home, name), text);
    return join(cli.home, name);
  };

  test("pushes the source to the workflow of the definition's name", async () => {
    const handler: Handler = () => ({ status: 200, json: { version: 4, contentHash: "sha256:0" } });
    const result = await run(["workflows", "push", write("w.yaml", yaml), "-o", "json"], handler);
    expect(json(result.stdout)).toEqual({
      slug: "support-refund",
      version: 4,
      contentHash: "sha256:0",
      created: false,
    });
    expect(service.received[0]).toMatchObject({ path: "/api/v1/workflows/support-refund/versions", body: yaml });
  });

  test("creates a workflow that is not there yet", async () => {
    const handler: Handler = ({ path }) =>
      path === "/api/v1/workflows"
        ? { status: 201, json: { id: "wf_1", slug: "mine", version: 1, contentHash: "sha256:0" } }
        : problem(404, "not_found", { "x-should-retry": "false" });
    const result = await run(["workflows", "push", write("w.yaml", yaml), "--slug", "mine", "-o", "json"], handler);
    expect(json(result.stdout)).toMatchObject({ slug: "mine", version: 1, created: true });
    const definition = { name: "Support refund", nodes: [] };
    expect(json(service.received[1]?.body ?? "")).toEqual({ slug: "mine", name: "Support refund", definition });
  });
});

test("prompts push keeps the text byte for byte, and adds a revision to the artifact of that name", async () => {
  const text = "\ufeffline one\r\nline two  \n\u00e9 e\u0301";
  writeFileSync(join(cli.home, "p.txt"), text);
  const handler: Handler = ({ method, path }) => {
    if (method === "GET")
      return page([
        { id: "prompt_0", name: "other" },
        { id: "prompt_1", name: "greeting" },
      ]);
    if (path.endsWith("/revisions")) return { status: 201, json: { contentHash: "sha256:1" } };
    return problem(409, "conflict", { "x-should-retry": "false" });
  };
  const result = await run(["prompts", "push", join(cli.home, "p.txt"), "--name", "greeting", "-o", "json"], handler);
  expect(json(result.stdout)).toEqual({ id: "prompt_1", name: "greeting", contentHash: "sha256:1", created: true });
  expect(json(service.received.at(-1)?.body ?? "")).toEqual({ text });
});

describe("profiles", () => {
  const config = () => join(cli.home, ".config/reprise/config.json");

  test("login stores a key that the service accepts, for the owner only, and never prints it", async () => {
    service = await startFakeService(() => page([]));
    const login = await cli.run(["login", "--url", service.url, "-p", "work"], { input: "rp_live_secret\n" });
    expect(login).toMatchObject({ code: 0 });
    expect(statSync(config()).mode & 0o777).toBe(0o600);
    expect(json(readFileSync(config(), "utf8"))).toMatchObject({ current: "work" });
    const list = await cli.run(["runs", "list", "-o", "json"]);
    expect(list).toMatchObject({ code: 0 });
    expect(service.received.at(-1)?.headers.authorization).toBe("Bearer rp_live_secret");
    const shown = await cli.run(["profiles", "list", "-o", "json"]);
    expect(json(shown.stdout)).toEqual({ data: [{ name: "work", url: service.url, current: true }] });
    expect(login.stdout + login.stderr + shown.stdout + shown.stderr).not.toContain("rp_live_secret");
  });

  test("login with a key that is not valid stores nothing", async () => {
    service = await startFakeService(() => problem(401, "unauthenticated"));
    const login = await cli.run(["login", "--url", service.url], { input: "rp_live_wrong" });
    expect(login.code).toBe(4);
    expect(() => statSync(config())).toThrow("ENOENT");
  });

  test("a file with looser rights becomes the owner's when it is written", async () => {
    mkdirSync(join(cli.home, ".config/reprise"), { recursive: true });
    writeFileSync(config(), JSON.stringify({ current: null, profiles: { a: { url: "http://x", apiKey: "k" } } }), {
      mode: 0o644,
    });
    service = await startFakeService(() => ({}));
    expect((await cli.run(["profiles", "use", "a"])).code).toBe(0);
    expect(statSync(config()).mode & 0o777).toBe(0o600);
  });

  test("the demo of the installation is used when nothing else is configured, and stderr says so", async () => {
    service = await startFakeService(() => page([]));
    mkdirSync(join(cli.home, "installation"));
    const login = { email: "a@b", password: "p", apiKey: "rp_live_demo", url: service.url };
    writeFileSync(join(cli.home, "installation/demo-login.json"), JSON.stringify(login));
    const result = await cli.run(["runs", "list", "-o", "json"]);
    expect(result.stderr).toContain("demo");
    expect(json(result.stdout)).toMatchObject({ data: [] });
    expect(service.received[0]?.headers.authorization).toBe("Bearer rp_live_demo");
  });

  test("without any of them it says how to sign in, with 4", async () => {
    service = await startFakeService(() => ({}));
    const result = await cli.run(["runs", "list"]);
    expect(result).toMatchObject({ code: 4, stdout: "" });
    expect(result.stderr).toContain("reprise login");
  });
});

test("a pipe that is closed early is no error", async () => {
  const many = Array.from({ length: 2000 }, (_, n) => runBody(`r${n}`, "failed"));
  service = await startFakeService(() => page(many));
  const script = join(import.meta.dirname, "../../../lib/cli/reprise.mjs");
  const env = { ...process.env, HOME: cli.home, REPRISE_URL: service.url, REPRISE_API_KEY: "k" };
  const command = `set -o pipefail; "${process.execPath}" "${script}" runs list -o json | head -c 10`;
  const child = spawn("bash", ["-c", command], { env, stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

describe("numbers that a double would change are refused before they are sent", () => {
  test.each<[string, string[], string, string]>([
    ["a payload", ["trigger", "manual", "-w", "x", "-j", "-"], '{"id":9007199254740993}', "payload.id"],
    ["a replay's payload", ["runs", "replay", "r", "--payload", "-"], '{"a":[1,1e400]}', "payload.a[1]"],
    ["a definition", ["workflows", "push", "-"], "name: x\nvalue: 12345678901234567890", "definition.value"],
  ])("%s", async (_what, args, input, path) => {
    const { code, stderr } = await run(args, () => ({}), { input });
    expect(code).toBe(2);
    expect(stderr).toContain(path);
    expect(stderr).toContain("send it as a text");
    expect(service.received).toEqual([]);
  });
});
