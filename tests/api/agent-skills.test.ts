import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandTable } from "#/lib/cli/command-table.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { createPrompt } from "#/lib/prompts/create-prompt.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { ordersStage } from "#/tests/support/orders-stage.ts";
import { startRouteServer } from "#/tests/support/route-server.ts";
import { cliInHome } from "#/tests/support/run-cli.ts";

const folder = join(import.meta.dirname, "../../docs/agents");
const cli = cliInHome();
const work = mkdtempSync(join(tmpdir(), "reprise-skills-"));
const names = readdirSync(folder);
const stage = ordersStage();
let server: Awaited<ReturnType<typeof startRouteServer>>;
let env: Record<string, string>;

/** A shell in which `reprise` is the command line of this checkout. */
async function session(script: string, more: Record<string, string>) {
  const binary = join(import.meta.dirname, "../../lib/cli/reprise.mjs");
  const whole = `set -eu\nreprise() { "${process.execPath}" "${binary}" "$@"; }\n${script}\n`;
  return promisify(execFile)("bash", ["-c", whole], {
    env: { NODE_ENV: "production", ...env, ...more },
    cwd: work,
    maxBuffer: 64_000_000,
  });
}

const textOf = (name: string) => readFileSync(join(folder, name, "SKILL.md"), "utf8");
/** What the skill tells an agent to type, in its order. */
const commandsOf = (name: string) =>
  [...textOf(name).matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, block]) => block ?? "").join("\n");

beforeAll(async () => {
  server = await startRouteServer();
  const { system } = stage.tenant;
  const { secret } = await createApiKey(system, {
    name: "agent",
    scopes: ["runs:read", "runs:write", "replays:write", "workflows:write"],
  });
  const prompt = await createPrompt(system, { name: "greeting", text: "Greet {{ trigger.name }}." });
  const ask = {
    id: "ask",
    type: "model",
    model: "anthropic:claude-haiku-4-5",
    prompt: { artifact: prompt.id, hash: prompt.contentHash },
  };
  const check = {
    id: "check",
    type: "transform",
    needs: ["ask"],
    value: "{{ trigger.name.size() > 0 ? 'ok' : trigger.none }}",
  };
  const input = { type: "object", required: ["name"], properties: { name: { type: "string" } } };
  await push(system, "greet", { name: "greet", input, nodes: [ask, check] });
  const [good, bad] = [
    await triggerRun(system, "greet", { payload: { name: "Ada" } }, "api"),
    await triggerRun(system, "greet", { payload: { name: "" } }, "api"),
  ];
  expect([(await finished(system, good.id)).status, (await finished(system, bad.id)).status]).toEqual([
    "completed",
    "failed",
  ]);
  writeFileSync(join(work, "payload.json"), JSON.stringify({ name: "Grace" }));
  writeFileSync(join(work, "text.txt"), "Greet {{ trigger.name }} warmly.");
  env = {
    ...{ PATH: process.env["PATH"] ?? "", HOME: cli.home, REPRISE_URL: server.url, REPRISE_API_KEY: secret },
    ...{ GOOD_RUN: good.id, BAD_RUN: bad.id },
  };
});
afterAll(async () => {
  cli.remove();
  rmSync(work, { recursive: true, force: true });
  await server?.stop();
  await stopQueue();
});

// Each session starts the command line some ten times.
describe("the skills for agents", { timeout: 240_000 }, () => {
  test.each(names)("%s says what it is for, and only uses commands that there are", (name) => {
    const text = textOf(name);
    expect(text).toMatch(new RegExp(`^---\nname: ${name}\ndescription: .{60,1000}\n---\n`));
    const known = new Set(commandTable.map(({ path }) => path.join(" ")));
    const used = [...commandsOf(name).matchAll(/reprise ([a-z]+ [a-z]+)/g)].map(([, command]) => command ?? "");
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((command) => !known.has(command))).toEqual([]);
  });

  test("debug-run: a failed run is read, and compared with one that went well", async () => {
    const { stdout } = await session(commandsOf("debug-run"), { RUN: env["BAD_RUN"] ?? "" });
    expect(stdout).toContain('"nodeId": "check"');
    expect(stdout).toContain(env["GOOD_RUN"]);
  });

  test("replay-run: previewed, submitted, awaited and compared", async () => {
    const script = `${commandsOf("replay-run")}\necho "NEW $NEW"`;
    const { stdout } = await session(script, { RUN: env["GOOD_RUN"] ?? "" });
    expect(stdout).toMatch(/NEW run_/);
    expect(stdout).toContain('"verdicts"');
  });

  test("trigger-and-watch: started, followed to its end and read", async () => {
    const script = commandsOf("trigger-and-watch");
    const more = { WORKFLOW: "greet", PAYLOAD: "payload.json" };
    const { stdout } = await session(script, more);
    expect(stdout).toContain('"status": "completed"');
  });

  test("compare-prompts: another revision beside an unchanged replay, and a preview for many runs", async () => {
    const { stdout } = await session(commandsOf("compare-prompts"), {
      ...{ RUN: env["GOOD_RUN"] ?? "", NAME: "greeting", TEXT: "text.txt" },
    });
    expect(stdout).toContain('"replayable"');
  });
});

test("they are installed into a project, and again without harm", async () => {
  const install = async () =>
    JSON.parse((await session("reprise skills install -o json", {})).stdout) as { data: { changed: string }[] };
  expect((await install()).data.map(({ changed }) => changed)).toEqual(names.map(() => "created"));
  writeFileSync(join(work, ".claude/skills/debug-run/SKILL.md"), "old");
  expect((await install()).data.map(({ changed }) => changed).sort()).toEqual(["same", "same", "same", "updated"]);
  for (const name of names)
    expect(readFileSync(join(work, `.claude/skills/${name}/SKILL.md`), "utf8")).toBe(textOf(name));
  const { stdout } = await session("reprise skills list -o json", {});
  expect((JSON.parse(stdout) as { data: { name: string }[] }).data.map(({ name }) => name)).toEqual(names);
  await expect(session("reprise skills install nonsense", {})).rejects.toMatchObject({ code: 2 });
});
