import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { documentationPage, llmsText } from "#/lib/api/documentation.ts";

const files = globSync("docs/**/*.md");

describe("the documentation for agents", () => {
  test("the index names every page once, with its title and what it is about", async () => {
    const answer = await llmsText();
    const text = await answer.text();
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/plain; charset=utf-8"]);
    const links = [...text.matchAll(/^- \[(.+)\]\(\/docs\/(.+)\): (.+)$/gm)];
    expect(links.map(([, , path]) => `docs/${path}`).sort()).toEqual([...files].sort());
    expect(text.startsWith("# Reprise\n\n> ")).toBe(true);
    expect(text).toContain("[Debug a run](/docs/agents/debug-run/SKILL.md): Find out why a Reprise run failed,");
    expect(text).toContain("[Tests](/docs/tests.md): `npm test` runs everything;");
  });

  test.each(files)("%s is answered as it is", async (file) => {
    const answer = await documentationPage(file.replace(/^docs\//, ""));
    expect(await answer.text()).toBe(readFileSync(file, "utf8"));
    expect(answer.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
  });

  test.each(["", "nothing.md", "../README.md", "../package.json", "cli", "agents", "images/x.png", "..%2fREADME.md"])(
    "%j is no page",
    async (path) => {
      expect((await documentationPage(path)).status).toBe(404);
    },
  );
});
