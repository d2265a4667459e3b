import { spawn } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { cliInHome } from "#/tests/support/run-cli.ts";
import { problem, startFakeService, type FakeService } from "#/tests/support/fake-service.ts";

const cli = cliInHome();
let service: FakeService;
afterEach(async () => {
  cli.remove();
  await service.stop();
});

const definition = (prompt: string) =>
  [
    "name: Orders",
    "nodes:",
    "  - id: ask",
    "    type: model",
    "    model: a:b",
    `    prompt: { text: ${prompt} }`,
    "",
  ].join("\n");
const says = (texts: string[]) => texts.map((text) => /text: (\w+)/.exec(text)?.[1]);

test("workflows push --watch pushes at each save, says what is wrong with its line, and goes on", async () => {
  let versions = 0;
  service = await startFakeService(({ body }) => {
    if (!body.includes("wrong")) return { status: 201, json: { version: ++versions, contentHash: "sha256:x" } };
    const errors = [{ path: "definition.nodes[0].prompt.text", message: "is wrong" }];
    return problem(422, "workflow_invalid", {}, { errors });
  });
  const file = join(cli.home, "orders.yaml");
  // As editors do that never write into the file itself.
  const replace = (text: string) => {
    writeFileSync(`${file}~`, text);
    renameSync(`${file}~`, file);
  };
  writeFileSync(file, definition("one"));
  const child = spawn(process.execPath, [cli.script, "workflows", "push", file, "--watch"], {
    env: { ...cli.environment, REPRISE_URL: service.url, REPRISE_API_KEY: "rp_live_x" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("close", (_code, signal) => resolve(signal)));
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  try {
    const shows = async (text: string) => {
      await expect.poll(() => output.stdout + output.stderr).toContain(text);
    };
    await shows("orders  version 1  pushed");
    replace(definition("two"));
    await shows("orders  version 2  pushed");
    replace(definition("wrong"));
    await shows(`${file}:6: definition.nodes[0].prompt.text: is wrong`);
    writeFileSync(file, "name: [unclosed");
    await shows("is not valid YAML");
    // Several writes are one save, and one without a change is none.
    for (const text of ["three", "four", "five"]) writeFileSync(file, definition(text));
    await shows("orders  version 3  pushed");
    writeFileSync(file, definition("five"));
    replace(definition("six"));
    await shows("orders  version 4  pushed");
    expect(says(service.received.map(({ body }) => body))).toEqual(["one", "two", "wrong", "five", "six"]);
  } finally {
    child.kill("SIGINT");
  }
  expect(await ended).toBe("SIGINT");
});
