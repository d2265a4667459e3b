import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repository } from "#/lib/launcher/paths.ts";

/** A small project under our configuration of knip, with each kind of unused code planted. */
const files: Record<string, string> = {
  "package.json": JSON.stringify({ name: "planted", type: "module", imports: { "#/*": "./*" } }),
  "lib/launcher/start.ts": `import { used } from "#/lib/core/reached.ts";\nconsole.log(used);\n`,
  "lib/core/reached.ts": "export const used = 1;\nexport const unusedExport = 2;\n",
  "lib/core/unreached-file.ts": "export const nobody = 1;\n",
  "lib/core/reached-by-tests.ts": "export const tested = 1;\n",
  "tests/e2e/planted.spec.ts": `import { tested } from "#/lib/core/reached-by-tests.ts";\nconsole.log(tested);\n`,
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "reprise-unused-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  cpSync(join(repository, "knip.config.ts"), join(folder, "knip.config.ts"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function knip(...args: string[]): Promise<{ failed: boolean; output: string }> {
  const program = join(repository, "node_modules/knip/bin/knip.js");
  return new Promise((resolve) =>
    execFile(process.execPath, [program, "--no-progress", ...args], { cwd: folder }, (error, stdout, stderr) =>
      resolve({ failed: error !== null, output: stdout + stderr }),
    ),
  );
}

test("a planted breach is found: a file and an export that nothing reaches, and what only tests reach", async () => {
  const [all, production] = await Promise.all([knip(), knip("--production")]);
  expect([all.failed, production.failed]).toEqual([true, true]);
  for (const { output } of [all, production]) {
    expect(output).toContain("lib/core/unreached-file.ts");
    expect(output).toContain("unusedExport");
    expect(output).not.toContain("lib/launcher/start.ts");
  }
  expect(all.output).not.toContain("lib/core/reached-by-tests.ts");
  expect(production.output).toContain("lib/core/reached-by-tests.ts");
});
