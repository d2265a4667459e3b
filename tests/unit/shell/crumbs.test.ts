import { describe, expect, test } from "vitest";
import { crumbsOf } from "#/components/shell/crumbs.ts";
import { isCurrent, navigation } from "#/components/shell/navigation.ts";

const list = "/acme/monitoring/workflow-runs";

describe("breadcrumbs", () => {
  test.each([
    ["/acme/monitoring/workflow-runs", [["Runs", null]]],
    [
      "/acme/monitoring/workflow-runs/run_1",
      [
        ["Runs", list],
        ["run_1", "/acme/ai/runs/run_1"],
        ["Monitoring detail", null],
      ],
    ],
    [
      "/acme/ai/runs/run_1",
      [
        ["Runs", list],
        ["run_1", null],
      ],
    ],
    [
      "/acme/ai/runs/run_1/compare/run_0",
      [
        ["Runs", list],
        ["run_1", "/acme/ai/runs/run_1"],
        ["Compare", null],
      ],
    ],
    ["/acme/monitoring/replay-batches", [["Batches", null]]],
    [
      "/acme/monitoring/replay-batches/batch_1",
      [
        ["Batches", "/acme/monitoring/replay-batches"],
        ["batch_1", null],
      ],
    ],
    ["/acme/workflows", [["Workflows", null]]],
    [
      "/acme/workflows/support-refund",
      [
        ["Workflows", "/acme/workflows"],
        ["support-refund", null],
      ],
    ],
    [
      "/acme/workflows/support-refund/edit",
      [
        ["Workflows", "/acme/workflows"],
        ["support-refund", "/acme/workflows/support-refund"],
        ["Edit", null],
      ],
    ],
    [
      "/acme/prompts/prompt_1",
      [
        ["Prompts", "/acme/prompts"],
        ["prompt_1", null],
      ],
    ],
    ["/acme/audit-log", [["Audit log", null]]],
    ["/acme/elsewhere", []],
    ["/acme/constructor", []],
    ["/", []],
    [
      "/acme/ai/runs/%E0%A4%A",
      [
        ["Runs", list],
        ["%E0%A4%A", null],
      ],
    ],
  ])("%s", (path, expected) => {
    expect(crumbsOf(path).map(({ label, href }) => [label, href])).toEqual(expected);
  });
});

test("every entry of the sidebar is a page with a crumb", () => {
  for (const { path, label } of navigation.flatMap((group) => group.entries))
    expect(crumbsOf(`/acme/${path}`)).toMatchObject([{ label, href: null }]);
});

test("a trace counts as part of the runs in the sidebar", () => {
  const runs = "monitoring/workflow-runs";
  expect(isCurrent(list, "acme", runs)).toBe(true);
  expect(isCurrent(`${list}/run_1`, "acme", runs)).toBe(true);
  expect(isCurrent("/acme/ai/runs/run_1", "acme", runs)).toBe(true);
  expect(isCurrent("/acme/monitoring/workflow-runs-archive", "acme", runs)).toBe(false);
});
