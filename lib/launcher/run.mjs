// Entry of every npm script. Plain JavaScript without dependencies, for the system's Node 20 or newer: it installs the
// packages if they are missing or out of date, and goes on under the Node version that the lock file names.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { exclusively } from "./exclusive.mjs";
import { patchDependencies } from "./patch-dependencies.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const repository = resolve(here, "../..");
const modules = join(repository, "node_modules");
const lockedNode = join(modules, ".bin/node");
const installedMarkFile = join(modules, ".reprise-installed");

const commands = {
  demo: "demo.ts",
  test: "test.ts",
  verify: "verify.ts",
  build: "build.ts",
  start: "start.ts",
  worker: "worker.ts",
  "db:migrate": "db-migrate.ts",
  "db:stop": "db-stop.ts",
  seed: "seed.ts",
  bench: "bench.ts",
  chaos: "chaos.ts",
  pictures: "pictures.ts",
  pack: "../packaging/pack.ts",
  bundle: "../packaging/bundle.ts",
};

await main(process.argv.slice(2));

/** @param {string[]} argv the command's name and its arguments */
async function main([command = "", ...args]) {
  const file = commands[/** @type {keyof typeof commands} */ (command)];
  if (!file) {
    console.error(`usage: node lib/launcher/run.mjs <${Object.keys(commands).join(" | ")}> [arguments]`);
    process.exit(2);
  }
  try {
    await installPackages();
    patchDependencies();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
  process.env.PATH = join(modules, ".bin") + delimiter + (process.env.PATH ?? "");
  const script = join(here, file);
  const node = suitableNode();
  if (node !== process.execPath) return runUnder(node, script, args);
  process.argv = [process.execPath, script, ...args];
  await import(pathToFileURL(script).href);
}

/** Installs what package-lock.json names unless that was done already; npm's output goes to stderr. */
async function installPackages() {
  if (installedMark() === wantedMark()) return;
  await exclusively(`${repository}/install`, async () => {
    if (installedMark() === wantedMark()) return;
    console.error("Installing packages…");
    const flags = ["--include=dev", "--include=optional", "--loglevel=error", "--no-audit", "--no-fund"];
    rmSync(installedMarkFile, { force: true });
    if ((await npm(["ci", ...flags])) !== 0) {
      console.error("npm ci failed; trying npm install");
      const status = await npm(["install", "--no-save", ...flags]);
      if (status !== 0)
        throw new Error(`npm could not install the packages (exit code ${status}); see its messages above`);
    }
    writeFileSync(installedMarkFile, wantedMark());
  });
}

function wantedMark() {
  const lock = readFileSync(join(repository, "package-lock.json"));
  return `${createHash("sha256").update(lock).digest("hex")} ${process.platform}-${process.arch}\n`;
}

function installedMark() {
  return existsSync(installedMarkFile) ? readFileSync(installedMarkFile, "utf8") : "";
}

/** @param {string[]} args @returns {Promise<number>} npm's exit code */
function npm(args) {
  const cli = process.env.npm_execpath;
  const viaNode = cli && /npm-cli\.c?js$/.test(cli);
  return new Promise((done) => {
    const child = spawn(viaNode ? process.execPath : "npm", viaNode ? [cli, ...args] : args, {
      cwd: repository,
      stdio: ["ignore", 2, 2],
      env: { ...process.env, NODE_ENV: "" },
    });
    child.once("error", (error) => {
      console.error(`npm could not be started: ${error.message}`);
      done(127);
    });
    child.once("exit", (code, signal) => done(code ?? (signal ? 1 : 0)));
  });
}

/** The Node that runs TypeScript as it is: the current one if it can (22.18 or newer), else the one from the packages. */
function suitableNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  if (existsSync(lockedNode)) return lockedNode;
  console.error(
    `Node 22.18 or newer is needed on ${process.platform}-${process.arch}; this is ${process.versions.node}`,
  );
  process.exit(1);
}

/**
 * Runs the command in a child, handing on signals and the exit code.
 *
 * @param {string} node @param {string} script @param {string[]} args
 */
function runUnder(node, script, args) {
  const child = spawn(node, [script, ...args], { stdio: "inherit", env: process.env });
  for (const name of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(name, () => child.kill(name));
  child.once("error", (error) => {
    console.error(`${node} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.once("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}
