import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "../../../lib/sdk");

test("the SDK loads nothing but its own files: everything else is imported as a type only", () => {
  for (const file of readdirSync(folder)) {
    const source = readFileSync(join(folder, file), "utf8");
    const imports = [...source.matchAll(/^(?:import|export) (?!type)[^;]*? from "([^"]+)"/gms)].map(
      (found) => found[1],
    );
    expect(
      imports.filter((path) => !path?.startsWith("./")),
      file,
    ).toEqual([]);
    expect(source, file).not.toMatch(/\b(require|import)\(|node:|\bBuffer\b/);
  }
});
