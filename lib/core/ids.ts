import { monotonicFactory } from "ulid";

const idPrefixes = {
  account: "acc",
  workspace: "ws",
  user: "usr",
  apiKey: "key",
  session: "ses",
  invitation: "inv",
  workflow: "wf",
  workflowVersion: "wfv",
  prompt: "prompt",
  run: "run",
  span: "span",
  mapping: "map",
  audit: "aud",
  batch: "batch",
  schedule: "sched",
  request: "req",
  tool: "tool",
  mcpServer: "mcp",
  mutationGrant: "grant",
} as const;
export type IdKind = keyof typeof idPrefixes;

/** A call of the random source for each character cost 3 % of a busy worker's time: bytes are fetched by the page. */
const page = new Uint8Array(4096);
let used = page.length;
function randomShare(): number {
  if (used === page.length) {
    crypto.getRandomValues(page);
    used = 0;
  }
  return (page[used++] ?? 0) / 256;
}

const ulid = monotonicFactory(randomShare);

/**
 * A fresh id: prefix, then a lowercase ULID (48 bits of time, 80 random bits), so that ids are URL-safe and sort by
 * the time they were made. Within one process and millisecond the random part counts up.
 */
export function newId(kind: IdKind): string {
  return `${idPrefixes[kind]}_${ulid().toLowerCase()}`;
}
