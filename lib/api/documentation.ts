import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";

/** Beside the application, in a checkout as in a bundle. */
const folder = join(process.cwd(), "docs");
const headers = { "cache-control": "public, max-age=300" };

/** What stands first in the index, and what each group is. Decisions are listed last: they are for maintainers. */
const groups: { title: string; isIn: (path: string) => boolean }[] = [
  { title: "Documentation", isIn: (path) => !path.includes("/") },
  { title: "Skills for agents", isIn: (path) => path.startsWith("agents/") },
  { title: "Decisions", isIn: (path) => path.startsWith("decisions/") },
];

type Page = { path: string; title: string; summary: string };
let known: Promise<Page[]> | null = null;

/** Every page of the documentation, by its path below docs/. Read once: they change with the application. */
function pages(): Promise<Page[]> {
  known ??= readPages().catch((error: unknown) => {
    known = null;
    throw error;
  });
  return known;
}

async function readPages(): Promise<Page[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
  return Promise.all(paths.map(async (path) => ({ path, ...aboutPage(await readFile(join(folder, path), "utf8")) })));
}

/** Title and first sentence of a page, from its front matter where it has one. Pure. */
function aboutPage(text: string): { title: string; summary: string } {
  const title = /^# (.*)$/m.exec(text)?.[1] ?? "";
  const description = /^---\n(?:.*\n)*?description: (.*)\n(?:.*\n)*?---\n/.exec(text)?.[1];
  const paragraph = text
    .split(/\n{2,}/)
    .find((part) => /^([A-Z*]|`[^`])/.test(part.trim()))
    ?.replaceAll(/\s+/g, " ");
  return { title, summary: description ?? /^.*?[.:](?=\s|$)/.exec(paragraph ?? "")?.[0] ?? paragraph ?? "" };
}

/** The index of the documentation for language models (llmstxt.org): the same for everyone. */
export async function llmsText(): Promise<Response> {
  const all = await pages();
  const sections = groups.map(({ title, isIn }) => {
    const lines = all
      .filter(({ path }) => isIn(path))
      .map((page) => `- [${page.title}](/docs/${page.path}): ${page.summary}`);
    return `## ${title}\n\n${lines.join("\n")}\n`;
  });
  const text = [
    "# Reprise\n",
    "> Runs, traces and replays AI agents: an operator opens a run, sees what the agent did, and executes it again, with another prompt, model, payload or version, without repeating its side effects.\n",
    "- [OpenAPI description of the REST API](/api/openapi.json)\n",
    ...sections,
  ].join("\n");
  return new Response(text, { headers: { ...headers, "content-type": "text/plain; charset=utf-8" } });
}

/** A page of the documentation as Markdown; 404 for any other path. */
export async function documentationPage(path: string): Promise<Response> {
  const page = (await pages()).find((each) => each.path === path);
  if (!page) return new Response("There is no such page. /llms.txt lists them.\n", { status: 404 });
  const text = await readFile(join(folder, page.path), "utf8");
  return new Response(text, { headers: { ...headers, "content-type": "text/markdown; charset=utf-8" } });
}
