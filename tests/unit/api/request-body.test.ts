import { describe, expect, test } from "vitest";
import { bodyOf, maxBodyBytes, readBytes } from "#/lib/api/request-body.ts";
import { requestHash } from "#/lib/api/request-hash.ts";

const send = (body: BodyInit | null, type?: string) => {
  const headers: Record<string, string> = type === undefined ? {} : { "content-type": type };
  return new Request("http://x/", { method: "POST", body, headers, duplex: "half" } as RequestInit);
};
const json = "application/json";
const readBody = async (request: Request, accepts: { yaml: boolean }) =>
  bodyOf(await readBytes(request, maxBodyBytes), request.headers.get("content-type"), accepts);

describe("request bodies", () => {
  test.each([json, "application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.x+json"])(
    "%s is read",
    async (type) => {
      expect(await readBody(send('{"a":1}', type), { yaml: false })).toMatchObject({ kind: "json", value: { a: 1 } });
    },
  );

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/yaml", ""])(
    "%j is refused where only JSON is taken",
    async (type) => {
      await expect(readBody(send("{}", type), { yaml: false })).rejects.toMatchObject({
        code: "unsupported_media_type",
      });
    },
  );

  test("YAML is text where it is taken", async () => {
    expect(await readBody(send("a: 1", "application/yaml"), { yaml: true })).toEqual({ kind: "yaml", text: "a: 1" });
  });

  test("an absent body is empty, whatever its type", async () => {
    for (const request of [send(null), send("", "text/plain"), new Request("http://x/", { method: "POST" })])
      expect(await readBody(request, { yaml: false })).toEqual({ kind: "empty" });
  });

  test.each(["{", '{"a":1e400}', `${"[".repeat(300)}${"]".repeat(300)}`, `${"[".repeat(100_000)}`, "\u0000", "nope"])(
    "%.20s is a clear refusal",
    async (text) => {
      await expect(readBody(send(text, json), { yaml: false })).rejects.toMatchObject({ code: "validation_failed" });
    },
  );

  test("invalid UTF-8 is refused", async () => {
    const bytes = new Uint8Array([0x22, 0xff, 0xfe, 0x22]);
    await expect(readBody(send(bytes, json), { yaml: false })).rejects.toMatchObject({ code: "validation_failed" });
  });

  test("a body beyond 10 MiB is refused before it is read whole, announced or not", async () => {
    const atLimit = JSON.stringify("x".repeat(maxBodyBytes - 2));
    expect(await readBody(send(atLimit, json), { yaml: false })).toMatchObject({ kind: "json" });
    await expect(readBody(send(`${atLimit} `, json), { yaml: false })).rejects.toMatchObject({
      code: "payload_too_large",
    });
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(1024 * 1024));
      },
    });
    await expect(readBody(send(endless, json), { yaml: false })).rejects.toMatchObject({ code: "payload_too_large" });
    expect(pulled).toBeLessThan(15);
  });

  test("a __proto__ key stays a key", async () => {
    const body = await readBody(send('{"__proto__":{"admin":true}}', json), { yaml: false });
    const value = body.kind === "json" ? (body.value as Record<string, unknown>) : {};
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect(value["admin"]).toBeUndefined();
  });
});

describe("what counts as the same request", () => {
  const hash = async (text: string | null, search = "") =>
    requestHash(search, await readBody(send(text, json), { yaml: false }));

  test("key order and spaces do not; values, types and the query do", async () => {
    const first = await hash('{"a":1,"b":[1,2]}');
    expect(await hash('{ "b": [1, 2], "a": 1.0 }')).toBe(first);
    for (const other of ['{"a":1,"b":[2,1]}', '{"a":"1","b":[1,2]}', "{}", null, '{"a":1,"b":[1,2],"c":null}'])
      expect(await hash(other)).not.toBe(first);
    expect(await hash('{"a":1,"b":[1,2]}', "?x=1")).not.toBe(first);
  });
});
