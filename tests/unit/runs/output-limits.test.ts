import { describe, expect, test } from "vitest";
import { maxOutputBytes, maxReadBytes, maxRunOutputBytes, outputFault, readFault } from "#/lib/runs/output-limits.ts";

describe("what steps may put out and read", () => {
  test.each<[string, number, number, RegExp | null]>([
    ["nothing", 0, 0, null],
    ["the largest output", maxOutputBytes, 0, null],
    ["one byte more", maxOutputBytes + 1, 0, /^The output of draft has 32\.0 MiB; a step may put out 32\.0 MiB\.$/],
    ["the last byte of a run", 1, maxRunOutputBytes - 1, null],
    ["one byte more than a run", 1, maxRunOutputBytes, /output of draft .*a run may put out 256\.0 MiB\.$/],
    ["nothing more, in a full run", 0, maxRunOutputBytes, null],
  ])("%s", (_what, bytes, before, fault) => {
    const found = outputFault("draft", bytes, before);
    if (fault === null) expect(found).toBeNull();
    else expect(found).toMatch(fault);
  });
  test("reading", () => {
    expect(readFault("sum", maxReadBytes)).toBeNull();
    expect(readFault("sum", maxReadBytes + 1)).toMatch(/^The expressions of sum read outputs of 64\.0 MiB at once/);
  });
});
