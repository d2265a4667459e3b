import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "../../../lib/sdk");

test.each(readdirSync(folder))(
  "%s loads nothing but files of the SDK: everything else is imported as a type only",
  (file) => {
    const source = readFileSync(join(folder, file), "utf8");
    const imports = [...source.matchAll(/^(?:import|export) (?!type)[^;]*? from "([^"]+)"/gms)].map(
      (found) => found[1],
    );
    expect(imports.filter((path) => !path?.startsWith("./"))).toEqual([]);
    expect(source).not.toMatch(/\b(require|import)\(|node:|\bBuffer\b/);
  },
);
