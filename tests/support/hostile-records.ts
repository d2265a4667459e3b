import { database } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import { systemClock } from "#/lib/core/clock.ts";
import { newId } from "#/lib/core/ids.ts";
import { provisionMember } from "#/lib/tenancy/provision-member.ts";
import { provisionUser } from "#/lib/tenancy/users.ts";
import { selectWorkspace } from "#/lib/tenancy/workspace-store.ts";
import { readMcpDefinitions } from "#/lib/tools/mcp-definition.ts";
import { bindTrust, insertServer, replaceServerTools, updateServer } from "#/lib/tools/store.ts";
import { cookieHeader, signIn } from "./sign-in.ts";
import { packedPayloads, xssPayloads } from "./xss-payloads.ts";

/** Does something by REST as a person; returns the answer's body. */
export type Person = (method: string, path: string, body: object) => Promise<{ id: string }>;

/** The payloads in texts of at most `limit` characters, each after a word by which a page can be asked for it. */
export function marked(word: string, limit: number): string[] {
  return packedPayloads(limit - word.length - 4).map((text, n) => `${word}${n} ${text}`);
}

/** An admin of the workspace whose name is every payload: they stand wherever a page says who did something. */
export async function hostilePerson(baseUrl: string, workspace: { id: string; slug: string }): Promise<Person> {
  const login = { email: `hostile.${newId("user").slice(-8)}@example.com`, password: newId("session") };
  const db = database();
  await provisionUser(db, { ...login, name: `person0 ${xssPayloads.join(" ")}` });
  const row = await selectWorkspace(db, workspace.id);
  if (!row) throw new Error("the workspace is not there");
  const actor = { kind: "system", name: "test" } as const;
  await provisionMember(
    { actor, workspace: row, db, clock: systemClock, requestId: newId("request") },
    { email: login.email, role: "admin" },
  );
  const cookie = cookieHeader(await signIn(baseUrl, login));
  const headers = { cookie, origin: baseUrl, "content-type": "application/json" };
  return async (method: string, path: string, body: object) => {
    const url = `${baseUrl}/api/v1${path}?workspace=${workspace.slug}`;
    const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as { id: string };
  };
}

/**
 * MCP servers whose addresses, tools' names and descriptions are payloads, as if they had been read: one is trusted, and
 * its tools have changed since. No such server needs to run, nor be reachable.
 */
export async function placeHostileServers(workspaceId: string): Promise<void> {
  const batch = newId("mcpServer").slice(-8);
  await inTransaction(database(), async (tx) => {
    for (const [n, query] of marked("address", 1900).entries()) {
      const server = { id: newId("mcpServer"), workspaceId };
      const headers = { sealedHeaders: null, headerNames: ["authorization"], protocolVersion: `2025-11-25 ${query}` };
      const url = `https://mcp.example.com/?${query}`;
      await insertServer(tx, { ...server, ...headers, name: `bank${n}_${batch}`, url });
      await replaceServerTools(tx, server, await definitions("described"));
      if (n > 0) continue;
      await bindTrust(tx, server, true);
      await updateServer(tx, server, { trusted: true });
      await replaceServerTools(tx, server, await definitions("changed"));
    }
  });
}

function definitions(word: string) {
  const annotations = { readOnlyHint: true };
  return readMcpDefinitions(
    marked("named", 200).map((name, n) => ({
      ...{ name, annotations, description: `${word}${n} ${xssPayloads.slice(n, n + 20).join(" ")}` },
      inputSchema: { type: "object", description: name },
    })),
    "ws_hostile",
  );
}
