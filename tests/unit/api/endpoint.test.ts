import { describe, expect, test } from "vitest";
import { matchPath } from "#/lib/api/endpoint.ts";

describe("path templates", () => {
  test.each([
    ["/runs/{id}", "/runs/run_1", { id: "run_1" }],
    ["/runs/{id}", "/runs/run_1/", { id: "run_1" }],
    ["/runs/{id}/spans/{spanId}", "/runs/a/spans/b", { id: "a", spanId: "b" }],
    ["/models/{ref}", "/models/openai%3Agpt%2F5", { ref: "openai:gpt/5" }],
    ["/runs", "/runs", {}],
  ])("%s takes %s", (template, path, values) => expect(matchPath(template, path)).toEqual(values));

  test.each([
    ["/runs/{id}", "/runs"],
    ["/runs/{id}", "/runs/"],
    ["/runs/{id}", "/runs//"],
    ["/runs/{id}", "/prompts/x"],
    ["/runs/{id}", "/runs/x/y"],
    ["/runs/{id}", "/runs/%00"],
    ["/runs/{id}", "/runs/%zz"],
  ])("%s does not take %s", (template, path) => expect(matchPath(template, path)).toBeNull());
});
