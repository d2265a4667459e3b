import { expect, test } from "vitest";
import { countJsonValues, JsonValueCount } from "#/lib/contract/json-size.ts";

test.each([
  ["[]", 1],
  ['{"a":[1,-2.5e+3,true,null,"x"]}', 8],
  ["[100,200,300]", 4],
  ["[1 , 2]", 3],
  ['["a b, c","[1,2]"]', 3],
  ['["\\\\","\\"","a\\\\\\"b\\\\"]', 4],
  ['{"\\\\\\\\":"\\\\\\"1,2"}', 3],
  ['["äöü€😀\\"",1]', 3],
  [" \n", 0],
])("%s holds %i values and names, wherever it is cut", (text, count) => {
  expect(countJsonValues(text)).toBe(count);
  const bytes = Buffer.from(text).toString("latin1");
  for (let first = 0; first <= bytes.length; first++)
    for (let second = first; second <= bytes.length; second++) {
      const parts = [bytes.slice(0, first), bytes.slice(first, second), bytes.slice(second)];
      const counted = new JsonValueCount();
      for (const part of parts) counted.add(part);
      expect([parts, counted.add("")]).toEqual([parts, count]);
    }
});

test("counting stops above the most", () => {
  expect(countJsonValues(`[${"1,".repeat(1000)}1]`, 10)).toBe(11);
  const counted = new JsonValueCount(10);
  for (let n = 0; n < 100; n++) counted.add("1,2,");
  expect(counted.add("3")).toBe(11);
});
