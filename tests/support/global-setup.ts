import { startTestServer } from "./database.ts";

/** Vitest: one PostgreSQL for the whole run of the projects that need one. */
export default async function setup(): Promise<() => Promise<void>> {
  return startTestServer();
}
