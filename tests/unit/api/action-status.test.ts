import { expect, test } from "vitest";
import { statusOf } from "#/lib/api/action-status.ts";

test.each([
  [200, { reached: true, refusal: null }, 200],
  [200, { reached: true, refusal: 409 }, 409],
  [200, { reached: true, refusal: 503 }, 503],
  [200, { reached: false, refusal: null }, 200],
  [303, { reached: true, refusal: null }, 303],
  [404, { reached: false, refusal: null }, 404],
  [500, { reached: false, refusal: null }, 400],
  [500, { reached: true, refusal: null }, 500],
  [500, { reached: true, refusal: 409 }, 500],
])("%i of Next's for %o is %i", (status, called, expected) => expect(statusOf(status, called)).toBe(expected));
