import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFakeService } from "#/tests/support/fake-service.ts";

const run = promisify(execFile);
const repository = join(import.meta.dirname, "../../..");
const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { version: string };

/** A user's folder with nothing in it but what they installed. */
const folder = mkdtempSync(join(tmpdir(), "reprise-user-"));
const at = (path: string) => join(folder, path);
/** A registry that nobody answers at: what the packages need, they bring. */
const environment: NodeJS.ProcessEnv = {
  PATH: process.env.PATH ?? "",
  HOME: folder,
  npm_config_registry: "http://127.0.0.1:9/",
  NODE_ENV: "production",
};
const inFolder = (program: string, args: string[], env: Record<string, string> = {}) =>
  run(program, args, { cwd: folder, env: { ...environment, ...env } });

beforeAll(async () => {
  const pack = join(repository, "lib/packaging/pack.ts");
  const tarballs = (await inFolder(process.execPath, [pack, at("packages")])).stdout.trim().split("\n");
  expect(tarballs.map((path) => path.slice(at("packages/").length)).sort()).toEqual([
    `reprise-${version}.tgz`,
    `reprise-sdk-${version}.tgz`,
  ]);
  writeFileSync(at("package.json"), JSON.stringify({ name: "user", private: true, type: "module" }));
  await inFolder("npm", ["install", "--no-audit", "--no-fund", ...tarballs]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("they install into an empty folder and bring no other package", () => {
  const installed = readdirSync(at("node_modules")).filter((name) => !name.startsWith("."));
  expect(installed.sort()).toEqual(["@reprise", "reprise"]);
  for (const name of ["@reprise/sdk", "reprise"]) {
    const manifest = JSON.parse(readFileSync(at(`node_modules/${name}/package.json`), "utf8")) as object;
    expect(manifest).toMatchObject({ name, version });
    expect(manifest).not.toHaveProperty("dependencies");
  }
  const sources = readdirSync(at("node_modules/@reprise/sdk"), { recursive: true, encoding: "utf8" });
  for (const file of sources.filter((name) => name.endsWith("ts")))
    expect(readFileSync(at(`node_modules/@reprise/sdk/${file}`), "utf8")).not.toMatch(/#\/|zod|\.ts"/);
});

const program = `
import { Reprise, RepriseError, type Batch, type Run, type TriggerItem } from "@reprise/sdk";
import type { Refund } from "./workflows.js";

const client = new Reprise({ maxRetries: 0 });
const items: TriggerItem<Refund>[] = [{ payload: { orderId: "17" }, delay: new Date() }];
const untyped: Promise<Run> = client.runs.retrieve("run_1");
const counts = (batch: Batch): number => batch.counts.refused;
// @ts-expect-error: no such status
void (() => client.runs.list({ status: "fails" }));
// @ts-expect-error: the payload has no orderId
void (() => client.workflows.trigger<Refund>("refund", {}));
try {
  const handle = await client.workflows.trigger<Refund>("refund", { orderId: "17" });
  const run = await client.runs.poll(handle);
  const refunded: boolean | undefined = run.output?.refunded;
  console.log(refunded, run.isSuccess, items.length, (await untyped).id, typeof counts);
} catch (error) {
  console.log(error instanceof RepriseError && error.code);
}
`;

/** Requests whose types say what the service makes of them; the SDK's own are `RunSelectionOptions` and `BulkReplayRequest`. */
const asTheServiceReads = new Set(["RunSelectionFilter", "RunSelection", "BatchRequest"]);

test("its types are those of the contract", async () => {
  const packed = "node_modules/@reprise/sdk/dist/contract";
  const modules = readdirSync(at(packed)).filter((file) => !file.startsWith("schema"));
  const checks = modules.flatMap((file) => {
    const names = readFileSync(at(`${packed}/${file}`), "utf8").matchAll(/^export type (\w+) = /gm);
    const name = file.slice(0, -".d.ts".length);
    const [ours, theirs] = [join(repository, `lib/contract/${name}.ts`), `./${packed}/${name}.js`];
    const types = [...names].map(([, type]) => type ?? "").filter((type) => !asTheServiceReads.has(type));
    return types.map((type) => `same<import("${ours}").${type}, import("${theirs}").${type}>(true);`);
  });
  expect(checks.length).toBeGreaterThan(60);
  const same = "declare function same<A, B>(_: [A] extends [B] ? ([B] extends [A] ? true : never) : never): void;";
  writeFileSync(at("same.ts"), [same, ...checks, ""].join("\n"));
  const resolution = { module: "ESNext", moduleResolution: "Bundler", allowImportingTsExtensions: true };
  const language = { target: "ES2024", lib: ["ESNext", "DOM"], types: [], strict: true, noEmit: true };
  expect(await compiled({ compilerOptions: { ...resolution, ...language }, files: ["same.ts"] })).toBe("");
});

/** What the compiler finds in the folder with this configuration. */
async function compiled(config: object): Promise<string> {
  writeFileSync(at("tsconfig.json"), JSON.stringify(config));
  const compiler = join(repository, "node_modules/typescript/bin/tsc");
  const { stdout } = await inFolder(process.execPath, [compiler, "-p", "."]).catch(
    (error: { stdout: string }) => error,
  );
  return stdout;
}

describe("a program of a user", () => {
  beforeAll(async () => {
    const workflows = `export type Refund = { slug: "refund"; payload: { orderId: string }; output: { refunded: boolean } };\n`;
    writeFileSync(at("workflows.d.ts"), workflows);
    writeFileSync(at("program.ts"), program);
  });

  test.each([
    ["NodeNext", "NodeNext"],
    ["ESNext", "Bundler"],
  ])("is checked against the types that the SDK brings: module %s, resolution %s", async (module, moduleResolution) => {
    const types = { module, moduleResolution, target: "ES2022", lib: ["ES2022", "DOM"], types: [] };
    const checks = {
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmitOnError: true,
      outDir: "out",
    };
    expect(await compiled({ compilerOptions: { ...types, ...checks }, files: ["program.ts"] })).toBe("");
  });

  test("calls the service, and so does the command line", async () => {
    const run = {
      id: "run_1",
      workflow: { id: "wf_1", slug: "refund" },
      status: "completed",
      output: { refunded: true },
    };
    const page = { data: [], hasMore: false, nextCursor: null };
    const service = await startFakeService(({ path }) => ({ json: path === "/api/v1/runs" ? page : run }));
    try {
      const env = { REPRISE_URL: service.url, REPRISE_API_KEY: "rp_live_x" };
      expect((await inFolder(process.execPath, ["out/program.js"], env)).stdout).toBe("true true 1 run_1 function\n");
      const listed = await inFolder("npx", ["reprise", "runs", "list", "-o", "json"], env);
      expect(JSON.parse(listed.stdout)).toEqual(page);
    } finally {
      await service.stop();
    }
  });
});

test("the command line says its version, its commands and its skills", async () => {
  const reprise = at("node_modules/.bin/reprise");
  expect((await inFolder(reprise, ["--version"])).stdout).toBe(`${version}\n`);
  expect((await inFolder(reprise, ["--help"])).stdout).toContain("workflows");
  await inFolder(reprise, ["skills", "install"]);
  expect(readdirSync(at(".claude/skills"))).toContain("debug-run");
  const licences = readFileSync(at("node_modules/reprise/THIRD-PARTY-LICENSES.txt"), "utf8");
  for (const name of ["commander", "yaml", "json-schema-to-typescript-lite", "js-yaml"])
    expect(licences).toMatch(new RegExp(`^${name} \\d`, "m"));
});
