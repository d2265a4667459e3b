import { describe, expect, test } from "vitest";
import {
  chooseVersions,
  parseWorkflowQuery,
  type WorkflowQuery,
  workflowSearch,
} from "#/components/workflows/workflow-query.ts";

describe("the address of a workflow's page", () => {
  test.each<WorkflowQuery>([
    { version: null, view: "nodes", from: null },
    { version: 2, view: "definition", from: null },
    { version: 3, view: "difference", from: 1 },
  ])("reads back what it wrote: %o", (query) => {
    expect(parseWorkflowQuery(Object.fromEntries(new URLSearchParams(workflowSearch(query))))).toEqual(query);
  });

  test("leaves out what cannot be understood", () => {
    expect(parseWorkflowQuery({ version: "-1", view: "graphics", from: ["x"] })).toEqual({
      version: null,
      view: "nodes",
      from: null,
    });
  });
});

describe("which versions are on screen", () => {
  test.each([
    [
      "the newest by default, compared with the one before",
      { version: null, from: null },
      { shown: 5, from: 3, missing: null },
    ],
    ["the one asked for", { version: 3, from: null }, { shown: 3, from: 1, missing: null }],
    ["the oldest is compared with the next newer", { version: 1, from: null }, { shown: 1, from: 3, missing: null }],
    ["with the one asked for", { version: 3, from: 5 }, { shown: 3, from: 5, missing: null }],
    ["never with itself", { version: 3, from: 3 }, { shown: 3, from: 1, missing: null }],
    ["a deleted one is said", { version: 4, from: 2 }, { shown: 5, from: 3, missing: 4 }],
  ])("%s", (_, query, expected) => {
    expect(chooseVersions(query, [5, 3, 1])).toEqual(expected);
  });

  test("a single version has none to compare with, and no version gives nothing", () => {
    expect(chooseVersions({ version: null, from: null }, [1])).toEqual({ shown: 1, from: null, missing: null });
    expect(chooseVersions({ version: 1, from: null }, [])).toBeNull();
  });
});
