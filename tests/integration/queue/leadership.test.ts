import { afterEach, expect, test } from "vitest";
import { rawClient } from "#/db/client.ts";
import { Leadership } from "#/lib/queue/leadership.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";

ownDatabase();
const all: Leadership[] = [];
afterEach(async () => {
  await Promise.all(all.splice(0).map((one) => one.stop()));
});

function begin(name: string): Leadership {
  const one = new Leadership(name);
  all.push(one);
  one.start();
  return one;
}

const leaders = (some: Leadership[]) => some.filter(({ leads }) => leads).length;

test("of several processes one leads; when it stops, another does at once", async () => {
  const some = [begin("a"), begin("a"), begin("a")];
  await expect.poll(() => leaders(some)).toBe(1);
  const first = some.find(({ leads }) => leads);
  await first?.stop();
  await expect.poll(() => leaders(some)).toBe(1);
  expect(first?.leads).toBe(false);
});

test("a lease that nobody renews passes on; one of another name is another", async () => {
  await rawClient()`insert into leases values ('b', 'a frozen process', now() + interval '1 second'), ('c', 'another', now() + interval '1 hour')`;
  const [b, c] = [begin("b"), begin("c")];
  await expect.poll(() => b.leads).toBe(true);
  expect(c.leads).toBe(false);
});
