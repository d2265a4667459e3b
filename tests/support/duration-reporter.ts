import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";
import type { FileDuration } from "#/lib/launcher/slowest-files.ts";

/** Vitest: writes how long each file took, its hooks included, to the file that `REPRISE_TEST_DURATIONS` names. */
export default class DurationReporter implements Reporter {
  readonly #files: FileDuration[] = [];

  onTestModuleEnd(module: TestModule): void {
    const { duration, collectDuration } = module.diagnostic();
    this.#files.push({ file: module.relativeModuleId, ms: duration + collectDuration });
  }

  onTestRunEnd(): void {
    const path = process.env["REPRISE_TEST_DURATIONS"];
    if (path) writeFileSync(path, JSON.stringify(this.#files));
  }
}
