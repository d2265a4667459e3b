import { sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { newId } from "#/lib/core/ids.ts";
import { dropAgedAccess } from "#/lib/tenancy/aged-access.ts";
import { throttled } from "#/lib/tenancy/sign-in-throttle.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";

ownDatabase();

type Outcome = "right" | "wrong" | "locked";
const fresh = (what: string) => `${what}-${newId("user")}`;
const attempt = async (email: string, address: string, isRight: boolean): Promise<Outcome> => {
  try {
    return (await throttled(database(), { email, address }, async () => (isRight ? true : null))) ? "right" : "wrong";
  } catch (error) {
    expect(error).toMatchObject({ code: "too_many_requests", details: { retryAfterMs: expect.any(Number) } });
    return "locked";
  }
};
const fail = async (times: number, email: (n: number) => string, address: (n: number) => string) => {
  for (let n = 0; n < times; n += 1) expect(await attempt(email(n), address(n), false)).toBe("wrong");
};
/** As if the time of all counts had passed. */
const letTimePass = () => database().execute(sql`update sign_in_tries set until = now() - interval '1 second'`);
const rowCount = async () => Number((await database().execute(sql`select count(*) as n from sign_in_tries`))[0]?.["n"]);

describe("the sign-in throttle", () => {
  test("after ten failures from one address that email is locked there, and nowhere else, until the time is over", async () => {
    const [email, here, elsewhere] = [fresh("email"), fresh("address"), fresh("address")];
    await fail(
      10,
      () => email,
      () => here,
    );
    expect(await attempt(email, here, true)).toBe("locked");
    expect(await attempt(email, elsewhere, true)).toBe("right");
    expect(await attempt(fresh("email"), here, true)).toBe("right");
    await letTimePass();
    expect(await attempt(email, here, true)).toBe("right");
  });

  test("says how long to wait: at most 15 minutes", async () => {
    const [email, here] = [fresh("email"), fresh("address")];
    await fail(
      10,
      () => email,
      () => here,
    );
    const error = await throttled(database(), { email, address: here }, async () => true).catch((thrown) => thrown);
    expect(error.message).toMatch(/^Too many failed sign-ins\. Try again in 1[45] minutes\.$/);
    expect(error.details.retryAfterMs).toBeLessThanOrEqual(15 * 60_000);
  });

  test("an email is locked everywhere after 50 failures from many addresses, an address for all emails after 100", async () => {
    const [email, address] = [fresh("email"), fresh("address")];
    await fail(
      50,
      () => email,
      () => fresh("address"),
    );
    expect(await attempt(email, fresh("address"), true)).toBe("locked");
    await fail(
      100,
      () => fresh("email"),
      () => address,
    );
    expect(await attempt(fresh("email"), address, true)).toBe("locked");
  });

  test("an unknown address is no address that others share", async () => {
    await fail(
      101,
      () => fresh("email"),
      () => "",
    );
    expect(await attempt(fresh("email"), "", true)).toBe("right");
  });

  test("a success forgets one's own failures, not what others tried with the email", async () => {
    const [email, here] = [fresh("email"), fresh("address")];
    await fail(
      45,
      () => email,
      () => fresh("address"),
    );
    await fail(
      4,
      () => email,
      () => here,
    );
    expect(await attempt(email, here, true)).toBe("right");
    expect(await attempt(email, here, false)).toBe("wrong");
    expect(await attempt(email, here, true)).toBe("locked");
  });

  test("a refused try is not counted: who is locked at one address does not lock the email", async () => {
    const [email, here] = [fresh("email"), fresh("address")];
    await fail(
      10,
      () => email,
      () => here,
    );
    for (let n = 0; n < 60; n += 1) expect(await attempt(email, here, false)).toBe("locked");
    expect(await attempt(email, fresh("address"), true)).toBe("right");
  });

  test("of 60 wrong passwords at once exactly ten are looked at, five times out of five", async () => {
    for (let round = 0; round < 5; round += 1) {
      const [email, here] = [fresh("email"), fresh("address")];
      let looked = 0;
      const guess = async () => {
        looked += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
        return null;
      };
      const results = await Promise.allSettled(
        Array.from({ length: 60 }, () => throttled(database(), { email, address: here }, guess)),
      );
      expect([looked, results.filter(({ status }) => status === "rejected").length]).toEqual([10, 50]);
    }
  });

  test("of 30 right passwords at once all get in", async () => {
    const [email, here] = [fresh("email"), fresh("address")];
    const results = await Promise.all(Array.from({ length: 30 }, () => attempt(email, here, true)));
    expect(new Set(results)).toEqual(new Set(["right"]));
  });

  test("a try that could not be decided counts neither way", async () => {
    const [email, here] = [fresh("email"), fresh("address")];
    for (let n = 0; n < 12; n += 1)
      await expect(
        throttled(database(), { email, address: here }, () => Promise.reject(new Error("database away"))),
      ).rejects.toThrow("database away");
    expect(await attempt(email, here, true)).toBe("right");
  });

  test("keeps no email and no address, and nothing of who signs in; housekeeping takes away what is over", async () => {
    await letTimePass();
    await dropAgedAccess(database());
    expect(await rowCount()).toBe(0);
    await attempt("ada@example.com", "203.0.113.5", true);
    expect(await rowCount()).toBe(0);
    await attempt("ada@example.com", "203.0.113.5", false);
    const rows = await database().execute(sql`select t::text as row from sign_in_tries t`);
    expect(rows).toHaveLength(3);
    expect(JSON.stringify(rows)).not.toMatch(/ada|203\.0/);
    await dropAgedAccess(database());
    expect(await rowCount()).toBe(3);
  });
});
