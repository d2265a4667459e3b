import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { closeDatabase, rawClient } from "#/db/client.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { useDatabase } from "#/tests/support/tenants.ts";

const testDatabase = ownDatabase();
let door: Server | undefined;
afterEach(async () => {
  await closeDatabase();
  door?.close();
});

type Way = (client: Socket, server: () => Socket) => void;

const open: Way = (client, server) => {
  const to = server();
  client.pipe(to).pipe(client);
  for (const [one, other] of [
    [client, to],
    [to, client],
  ] as const)
    one.on("error", () => {}).on("close", () => other.destroy());
};

/** The server dies when the client, greeted, asks its first question: that for the types of arrays. */
const diesAfterGreeting: Way = (client, server) => {
  const to = server().on("error", () => {});
  client
    .on("error", () => {})
    .on("data", (bytes) => {
      if (bytes.includes("pg_catalog.pg_type")) client.destroy();
      else to.write(bytes);
    });
  to.on("data", (bytes) => client.write(bytes));
  client.on("close", () => to.destroy());
};

/** As PostgreSQL refuses while it recovers from a crash. */
const stillStarting: Way = (client) => {
  client
    .on("error", () => {})
    .once("data", () => {
      const fields = Buffer.from("SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0");
      const head = Buffer.alloc(5);
      head.write("E", 0);
      head.writeInt32BE(fields.length + 4, 1);
      client.end(Buffer.concat([head, fields]));
    });
};

/** Sends each connection another way, the last one for all that follow. */
async function behindDoor(ways: Way[]): Promise<void> {
  const { hostname, port } = new URL(testDatabase.url);
  door = createServer((client) => {
    const way = ways.length > 1 ? ways.shift() : ways[0];
    way?.(client, () => connect(Number(port), hostname));
  }).listen(0, "127.0.0.1");
  await once(door, "listening");
  const url = new URL(testDatabase.url);
  url.port = String((door.address() as AddressInfo).port);
  useDatabase(url.href);
}

test.each([
  ["dies while it is asked for its types, and is then still starting", [diesAfterGreeting, stillStarting, open]],
  ["dies twice", [diesAfterGreeting, diesAfterGreeting, open]],
  ["is still starting, twice", [stillStarting, stillStarting, open]],
])("a process whose first server %s can send arrays when it is back", async (_, ways) => {
  await behindDoor(ways);
  const ask = () => rawClient()`select ${["a", "b"]}::text[] as list`;
  let answer: unknown = null;
  for (let tries = 0; answer === null && tries < 10; tries++)
    answer = await ask().catch((error: { code: string }) => {
      expect(["57P03", "CONNECTION_CLOSED", "ECONNRESET"]).toContain(error.code);
      return null;
    });
  expect(answer).toEqual([{ list: ["a", "b"] }]);
  expect(await ask()).toEqual([{ list: ["a", "b"] }]);
});
