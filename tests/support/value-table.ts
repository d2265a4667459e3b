import type { Json } from "#/lib/contract/json.ts";

/** Texts that a careless reader would take for something else. */
export const trickyTexts = [
  ...["1001", "true", "null", '{"a":1}', "[1]", "1e5", " 7 ", '"quoted"', "-0", "", " ", "12345678901234567890"],
  ...[
    "2026-11-28",
    "2026-11-28T00:00:00.000Z",
    "'",
    '"',
    "\\",
    "\\u0041",
    "\u0000",
    "\ud800",
    "\u{1f600} \u2028 é",
    "NaN",
  ],
  ...["undefined", "\\x00", "{}", "t", "1,2", "{1,2}"],
];

const ownProto = JSON.parse('{"__proto__":{"a":"1"},"constructor":"2","toString":null,"":""}') as Json;

/** Values that come out of every place as they went in: at the top level and nested. */
export const trickyValues: Json[] = [
  ...trickyTexts,
  ...[0, 1.5, -7, 1e21, 5e-324, Number.MAX_SAFE_INTEGER, 2 ** 53, true, false, null, [], {}],
  ownProto,
  { texts: trickyTexts, "1": "before a", "a.b": { "": [""] }, "'": ["null", null, ["[]"]] },
];
