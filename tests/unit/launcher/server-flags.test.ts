import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startBackground } from "#/lib/launcher/background-process.ts";
import { runNode } from "#/lib/launcher/foreground.ts";
import { serverFlags } from "#/lib/launcher/server-flags.ts";

const program = "console.log(JSON.stringify(process.execArgv))";

test("a server's process gets its flags before its script, in the background and in the foreground", async () => {
  const env = { ...process.env, NODE_OPTIONS: "" };
  const foreground = await runNode("-e", [program], { env, flags: serverFlags, output: "capture" });
  expect(JSON.parse(foreground.output)).toEqual([...serverFlags, "-e", program]);
  const logDirectory = mkdtempSync(join(tmpdir(), "reprise-flags-"));
  onTestFinished(() => rmSync(logDirectory, { recursive: true }));
  const about = { name: "flags", script: "-e", args: [program], flags: serverFlags, env, logDirectory };
  const background = startBackground(about);
  await background.exited;
  expect(JSON.parse(background.log())).toEqual([...serverFlags, "-e", program]);
});
