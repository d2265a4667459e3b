import { globSync } from "node:fs";
import { expect, test, vi } from "vitest";

/** What Next gives to a server action: the headers and cookies of its request. */
const incoming = vi.hoisted(() => ({ headers: new Headers() }));
vi.mock("next/headers", () => ({
  headers: async () => incoming.headers,
  cookies: async () => ({ getAll: () => [] }),
}));

type ServerAction = (input: unknown) => Promise<unknown>;
const files = globSync("app/**/actions.ts");
const modules = await Promise.all(
  files.map(async (file) => Object.entries((await import(/* @vite-ignore */ `#/${file}`)) as Record<string, unknown>)),
);
const actions = modules.flat().filter((entry): entry is [string, ServerAction] => typeof entry[1] === "function");

test("the actions are found", () => {
  expect(files.length).toBeGreaterThan(10);
  expect(actions.length).toBeGreaterThan(30);
});

// Without what middleware.ts refuses before: an action is a public endpoint and decides for itself.
test.each(actions)("%s itself refuses a request that no page of ours made", async (_name, run) => {
  const evil = "https://evil.example";
  for (const headers of [
    {},
    { origin: "null" },
    { origin: evil },
    { origin: "http://a.test.evil.example" },
    { origin: evil, "x-forwarded-host": "evil.example" },
  ]) {
    incoming.headers = new Headers({ host: "a.test", ...headers } as Record<string, string>);
    expect(await run({ workspaceSlug: "acme" })).toMatchObject({
      ok: false,
      problem: { status: 403, code: "forbidden", detail: "This request does not come from a page of this site." },
    });
  }
});
