#!/usr/bin/env node
// Entry of the command line. Plain JavaScript for any Node from 20 on: goes on in main.ts under a Node that runs
// TypeScript as it is, which is the current one (22.18 or newer) or the one that comes with the packages.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

const packagedNode = fileURLToPath(new URL("../../node_modules/.bin/node", import.meta.url));

if (runsTypeScript(process.versions.node)) {
  module.enableCompileCache?.();
  const { main } = await import("./main.ts");
  process.exitCode = await main(process.argv.slice(2));
} else if (existsSync(packagedNode)) {
  runUnder(packagedNode);
} else {
  console.error(`error: reprise needs Node 22.18 or newer; this is ${process.versions.node}`);
  process.exitCode = 1;
}

/** @param {string} version */
function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

/** @param {string} node */
function runUnder(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  for (const name of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(name, () => child.kill(name));
  child.once("error", (error) => {
    console.error(`error: ${node} could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.once("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}
