import { afterEach, expect, test } from "vitest";
import { addressBehind, clientAddress } from "#/lib/auth/client-address.ts";
import { env } from "#/lib/core/env.ts";

const variable = "REPRISE_TRUSTED_PROXIES";
afterEach(() => void delete process.env[variable]);

/** Each header as it is when the connection's own address stands behind it. */
test.each([
  ["", "203.0.113.1", "203.0.113.1"],
  ["", "198.51.100.7, 203.0.113.1", "203.0.113.1"],
  ["0", "198.51.100.7, 203.0.113.1", "203.0.113.1"],
  ["", "::1", "::1"],
  ["", "::ffff:127.0.0.1", "127.0.0.1"],
  ["", "", ""],
  ["1", "198.51.100.7, 203.0.113.1", "198.51.100.7"],
  ["1", "spoofed, 198.51.100.7, 203.0.113.1", "198.51.100.7"],
  ["1", "203.0.113.1", "203.0.113.1"],
  ["2", "spoofed, 198.51.100.7, 10.0.0.2, 10.0.0.1", "198.51.100.7"],
  ["10.0.0.0/8", "spoofed, 198.51.100.7, 10.0.0.2, 10.0.0.1", "198.51.100.7"],
  ["10.0.0.0/8, fd00::/8", "10.9.9.9, 198.51.100.7, fd00::2, ::ffff:10.0.0.1", "198.51.100.7"],
  ["10.0.0.1", "10.0.0.2, 10.0.0.1", "10.0.0.2"],
  ["10.0.0.0/8", "198.51.100.7, 203.0.113.1", "203.0.113.1"],
  ["10.0.0.0/8", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
  ["1", "198.51.100.7:5123, 203.0.113.1", "198.51.100.7"],
  ["1", "[2001:db8::7]:5123, 203.0.113.1", "2001:db8::7"],
])("behind proxies %j, %j comes from %j", (trusted, forwarded, address) => {
  process.env[variable] = trusted;
  expect(clientAddress(forwarded)).toBe(address);
  expect(addressBehind(forwarded, env(variable))).toBe(address);
});

test.each(["x", "10.0.0.0/33", "10.0.0/8", "-1", "10.0.0.1,", "::/129", "10.0.0.1/x"])(
  "%j is no list of proxies",
  (bad) => {
    process.env[variable] = bad;
    expect(() => env(variable)).toThrow(/^REPRISE_TRUSTED_PROXIES must be a number of proxies, or/);
  },
);
