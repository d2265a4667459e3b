import { expect, test } from "vitest";
import { clientAddress } from "#/lib/auth/client-address.ts";

test.each([
  ["203.0.113.1", "203.0.113.1"],
  ["198.51.100.7, 203.0.113.1", "203.0.113.1"],
  ["::1", "::1"],
  ["", ""],
  [undefined, ""],
  [["203.0.113.1"], ""],
])("%j: what the nearest proxy saw is %j", (forwarded, address) => expect(clientAddress(forwarded)).toBe(address));
