import { sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { newId } from "#/lib/core/ids.ts";
import { dropAgedAccess } from "#/lib/tenancy/aged-access.ts";
import { throttled, type SignInTry } from "#/lib/tenancy/sign-in-throttle.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";

ownDatabase();

const fresh = (what: string) => `${what}-${newId("user")}`;
const from = (who: Partial<SignInTry>): SignInTry => ({
  email: fresh("email"),
  address: fresh("address"),
  device: null,
  ...who,
});
/**
 * What became of a try; "refused" when it had to wait. For that the failures so far count as a minute in the future: then no
 * turn comes in time, and how fast the machine is decides nothing.
 */
const attempt = async (who: Partial<SignInTry>, isRight: boolean) => {
  await database().execute(sql`update sign_in_tries set failed_at = clock_timestamp() + interval '1 minute'`);
  return outcome(who, isRight);
};
const outcome = (who: Partial<SignInTry>, isRight: boolean) =>
  throttled(database(), from(who), async () => (isRight ? true : null)).then(
    (found) => (found ? "right" : "wrong"),
    (error) => {
      expect(error).toMatchObject({ code: "too_many_requests", details: { retryAfterMs: expect.any(Number) } });
      return "refused";
    },
  );
const fail = async (times: number, who: () => Partial<SignInTry>) => {
  for (let n = 0; n < times; n += 1) await throttled(database(), from(who()), async () => null);
};
/** As if so many tries had failed under each key that has a count, the latest of them so long ago. */
const pretend = (failures: number, agoMs: number) =>
  database().execute(sql`
    update sign_in_tries set failures = ${failures}, failed_at = clock_timestamp() - ${agoMs} * interval '1 millisecond'`);
/** How long ago, in ms by the database, the latest failure was that a try under way has to wait for. */
const sinceFailureMs = async () =>
  Number(
    (
      await database().execute(sql`
        select extract(epoch from clock_timestamp() - min(failed_at)) * 1000 as ms from sign_in_tries where trying > 0`)
    )[0]?.["ms"],
  );
const letTimePass = () => database().execute(sql`update sign_in_tries set until = now() - interval '1 second'`);
const rowCount = async () => Number((await database().execute(sql`select count(*) as n from sign_in_tries`))[0]?.["n"]);

describe("the sign-in throttle", () => {
  test("delays behind ten failures from one address that email there, and nothing else, until the time is over", async () => {
    const [email, address] = [fresh("email"), fresh("address")];
    await fail(10, () => ({ email, address }));
    expect(await attempt({ email }, true)).toBe("right");
    expect(await attempt({ address }, true)).toBe("right");
    expect(await attempt({ email, address }, false)).toBe("refused");
    await letTimePass();
    expect(await attempt({ email, address }, false)).toBe("wrong");
  });

  test("delays an email everywhere behind 50 failures from many addresses, an address for all emails behind 100", async () => {
    const [email, address] = [fresh("email"), fresh("address")];
    await fail(50, () => ({ email }));
    expect(await attempt({ email }, true)).toBe("refused");
    await fail(100, () => ({ address }));
    expect(await attempt({ address }, true)).toBe("refused");
  });

  test("locks nobody out: behind any number of failures the right password waits its turn", async () => {
    const who = { email: fresh("email"), address: fresh("address") };
    await fail(1, () => who);
    await pretend(5000, 6_000);
    let waited = 0;
    await throttled(database(), from(who), async () => ((waited = await sinceFailureMs()), true));
    expect(waited).toBeGreaterThanOrEqual(8000);
    await pretend(5000, 60_000);
    expect(await outcome(who, true)).toBe("right");
  });

  test("refuses at once who would wait too long, and says for how many seconds", async () => {
    const who = from({});
    await fail(1, () => who);
    await pretend(5000, -60_000);
    const error = await throttled(database(), who, async () => true).catch((thrown) => thrown);
    expect(error.message).toMatch(/^Too many sign-ins at once\. Try again in \d\d seconds\.$/);
    expect(error.message).toContain(` ${Math.ceil(error.details.retryAfterMs / 1000)} `);
    expect(error.details.retryAfterMs).toBeLessThanOrEqual(68_000);
    expect(error.details.retryAfterMs).toBeGreaterThan(10_000);
  });

  test("does not delay a person where they signed in before, whatever others try; guesses there count there", async () => {
    const [email, address, device] = [fresh("email"), fresh("address"), fresh("device")];
    await fail(1, () => ({ email, address }));
    await pretend(5000, -4_000);
    expect(await attempt({ email, address, device }, true)).toBe("right");
    await fail(10, () => ({ email, device }));
    expect(await attempt({ email, device }, false)).toBe("refused");
    expect(await attempt({ email: fresh("email"), device }, false)).toBe("wrong");
  });

  test("an unknown address is no address that others share", async () => {
    await fail(101, () => ({ address: "" }));
    expect(await attempt({ address: "" }, true)).toBe("right");
  });

  test("a success forgets one's own failures, not what others tried with the email", async () => {
    const [email, address] = [fresh("email"), fresh("address")];
    await fail(45, () => ({ email }));
    await fail(4, () => ({ email, address }));
    expect(await attempt({ email, address }, true)).toBe("right");
    expect(await attempt({ email, address }, false)).toBe("wrong");
    expect(await attempt({ email, address }, true)).toBe("refused");
  });

  test("of wrong passwords at once ten are looked at together, the others one after the other, with time between", async () => {
    const who = from({});
    let [looking, most] = [0, 0];
    const begun: { beside: number; sinceFailure: number }[] = [];
    const guess = async () => {
      const each = { beside: looking, sinceFailure: 0 };
      begun.push(each);
      most = Math.max(most, (looking += 1));
      each.sinceFailure = await sinceFailureMs();
      await new Promise((resolve) => setTimeout(resolve, 20));
      looking -= 1;
      return null;
    };
    await Promise.all(Array.from({ length: 14 }, () => throttled(database(), who, guess)));
    expect(most).toBeLessThanOrEqual(10);
    const late = begun.slice(10);
    expect(late.map(({ beside }) => beside)).toEqual([0, 0, 0, 0]);
    for (const { sinceFailure } of late) expect(sinceFailure).toBeGreaterThanOrEqual(250);
  });

  test("of 30 right passwords at once all get in", async () => {
    const who = from({});
    const results = await Promise.all(Array.from({ length: 30 }, () => throttled(database(), who, async () => true)));
    expect(new Set(results)).toEqual(new Set([true]));
  });

  test("a try that could not be decided counts neither way", async () => {
    const who = from({});
    for (let n = 0; n < 12; n += 1)
      await expect(throttled(database(), who, () => Promise.reject(new Error("database away")))).rejects.toThrow(
        "database away",
      );
    expect(await attempt(who, true)).toBe("right");
  });

  test("keeps no email and no address, and nothing of who signs in; housekeeping takes away what is over", async () => {
    await letTimePass();
    await dropAgedAccess(database());
    expect(await rowCount()).toBe(0);
    const ada = { email: "ada@example.com", address: "203.0.113.5" };
    await attempt(ada, true);
    expect(await rowCount()).toBe(0);
    await attempt(ada, false);
    const rows = await database().execute(sql`select t::text as row from sign_in_tries t`);
    expect(rows).toHaveLength(3);
    expect(JSON.stringify(rows)).not.toMatch(/ada|203\.0/);
    await dropAgedAccess(database());
    expect(await rowCount()).toBe(3);
  });
});
