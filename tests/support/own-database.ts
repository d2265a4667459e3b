import { afterAll, beforeAll } from "vitest";
import { closeDatabase } from "#/db/client.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { useDatabase } from "./tenants.ts";

/**
 * A database for the tests of this file, which the process uses as its own: ready before the hooks that are declared
 * after this call, and dropped after them.
 */
export function ownDatabase(): { readonly url: string } {
  let created: TestDatabase | undefined;
  beforeAll(async () => {
    created = await createTestDatabase();
    useDatabase(created.url);
  });
  afterAll(async () => {
    await closeDatabase();
    await created?.drop();
  });
  return {
    get url() {
      return created?.url ?? "";
    },
  };
}
