import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { runNode } from "#/lib/launcher/foreground.ts";
import { repository } from "#/lib/launcher/paths.ts";
import { sharedManifest } from "./manifest.ts";
import { schemaDeclarations, typesOfContract } from "./contract-declarations.ts";

/** Writes `@reprise/sdk` into `target`: one file of JavaScript that imports nothing, and its types without zod. */
export async function buildSdk(target: string): Promise<void> {
  await Promise.all([writeScript(target), writeTypes(target)]);
  writeFileSync(join(target, "package.json"), `${JSON.stringify(manifest(), null, 2)}\n`);
}

async function writeScript(target: string): Promise<void> {
  const built = await rolldown({ cwd: repository, input: { client: "lib/sdk/client.ts" }, platform: "neutral" });
  await built.write({ dir: join(target, "dist"), format: "esm", entryFileNames: "[name].js" });
  await built.close();
}

async function writeTypes(target: string): Promise<void> {
  const emitted = join(target, "emitted");
  const dist = (path: string) => join(target, "dist", path);
  const compiler = join(repository, "node_modules/typescript/bin/tsc");
  const config = join(import.meta.dirname, "tsconfig.sdk.json");
  const { code, output } = await runNode(compiler, ["-p", config, "--outDir", emitted], { output: "capture" });
  if (code !== 0) throw new Error(`the SDK's types could not be made\n${output}`);
  for (const folder of ["sdk", "contract"]) mkdirSync(dist(folder), { recursive: true });
  for (const file of readdirSync(join(emitted, "lib/sdk")))
    writeFileSync(dist(`sdk/${file}`), withPlainPaths(readFileSync(join(emitted, "lib/sdk", file), "utf8")));
  for (const file of readdirSync(join(emitted, "lib/contract"))) {
    const types = typesOfContract(readFileSync(join(emitted, "lib/contract", file), "utf8"));
    if (types.includes("export type")) writeFileSync(dist(`contract/${file}`), withPlainPaths(types));
  }
  writeFileSync(dist("contract/schemas.d.ts"), await schemaDeclarations("output"));
  writeFileSync(dist("contract/schema-inputs.d.ts"), await schemaDeclarations("input"));
  rmSync(emitted, { recursive: true });
}

/** The paths of this checkout's imports as any compiler finds them. */
function withPlainPaths(declarations: string): string {
  return declarations
    .replaceAll(/"#\/lib\/contract\/([\w-]+)\.ts"/g, '"../contract/$1.js"')
    .replaceAll(/"\.\/([\w-]+)\.ts"/g, '"./$1.js"');
}

function manifest(): object {
  return {
    name: "@reprise/sdk",
    ...sharedManifest(),
    description: "Client of Reprise, which runs, traces and replays AI-agent workflows",
    exports: { ".": { types: "./dist/sdk/client.d.ts", default: "./dist/client.js" } },
    types: "./dist/sdk/client.d.ts",
    sideEffects: false,
    files: ["dist"],
    engines: { node: ">=20.3" },
  };
}
