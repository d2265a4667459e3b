import { describe, expect, test } from "vitest";
import { maskUrls } from "#/lib/core/mask-urls.ts";
import { redactMessage } from "#/lib/core/redact-text.ts";

const mark = "[redacted]";

describe("credentials in URLs are masked", () => {
  test.each<[string, string]>([
    ["https://ann:pw@host/x", `https://${mark}@host/x`],
    ["https://ann@host/x", `https://${mark}@host/x`],
    ["https://ann:p@ss@host/x", `https://${mark}@host/x`],
    ["postgres://app:pw@db:5432/main", `postgres://${mark}@db:5432/main`],
    ["see https://a:b@h/ and redis://:pw@r:1", `see https://${mark}@h/ and redis://${mark}@r:1`],
    ["https://h/?api_key=abc&page=2", `https://h/?api_key=${mark}&page=2`],
    ["https://h/?page=2&API-Key=abc", `https://h/?page=2&API-Key=${mark}`],
    ["https://h/?apikey=abc#top", `https://h/?apikey=${mark}#top`],
    ["https://h/?api%5Fkey=abc", `https://h/?api%5Fkey=${mark}`],
    ["https://h/?token=a%20b", `https://h/?token=${mark}`],
    ["https://h/cb#access_token=abc&state=1", `https://h/cb#access_token=${mark}&state=1`],
    ["https://h/?key=AIza&q=x", `https://h/?key=${mark}&q=x`],
    [
      "https://h/?sig=a&signature=b&password=c&secret=d",
      `https://h/?sig=${mark}&signature=${mark}&password=${mark}&secret=${mark}`,
    ],
    ["https://b/o?X-Amz-Signature=ab&X-Amz-Date=1", `https://b/o?X-Amz-Signature=${mark}&X-Amz-Date=1`],
    ["https://h/?client_secret=x", `https://h/?client_secret=${mark}`],
    ["https://h/?my_app_password=x", `https://h/?my_app_password=${mark}`],
    ["Cannot GET /orders?api_key=abc", `Cannot GET /orders?api_key=${mark}`],
    ['<a href="/x?a=1&amp;token=abc">', `<a href="/x?a=1&amp;token=${mark}">`],
    ['{"url":"https://u:p@h/?token=abc"}', `{"url":"https://${mark}@h/?token=${mark}"}`],
    ["https:\\/\\/u:p@h\\/", `https:\\/\\/${mark}@h\\/`],
  ])("%s", (text, masked) => {
    expect(maskUrls(text)).toBe(masked);
    expect(maskUrls(masked)).toBe(masked);
    expect(redactMessage(text, [])).toBe(masked);
  });
});

test.each([
  "https://h/x?page=2&pageToken=abc&monkey=1",
  "https://h/@ann/posts",
  "https://h/?mail=ann@h.test",
  "mail ann@h.test",
  "git@github.com:a/b.git",
  "key=1, token=2",
  "{{ env.BASE }}/orders?api_key={{ env.KEY }}",
  "a != b && token == c",
  "https://h/?token=",
])("the rest stays: %s", (text) => {
  expect(maskUrls(text)).toBe(text);
});

test.each<[string, string]>([
  ["Incorrect API key provided: sk-proj-****abcd.", `Incorrect API key provided: ${mark}.`],
  ['sent "Bearer abc.def"', `sent "Bearer ${mark}"`],
  ["authorization: Basic dXNlcjpwYXNzd29yZA==", `authorization: Basic ${mark}`],
  ["Basic information is missing", "Basic information is missing"],
  ['WWW-Authenticate: Bearer realm="x"', 'WWW-Authenticate: Bearer realm="x"'],
])("words lose what looks like a key: %s", (text, clean) => {
  expect(redactMessage(text, [])).toBe(clean);
});
