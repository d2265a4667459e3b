import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { GuardedFetchError } from "#/lib/tools/fetch-error.ts";
import { createGuardedFetch, type FetchProgress, type GuardedInit } from "#/lib/tools/guarded-fetch.ts";
import { pinAddresses, type ResolvedAddress } from "#/lib/tools/pinned-connector.ts";
import { type LocalServer, startLocalServer } from "./local-server.ts";

let target: LocalServer;
let other: LocalServer;

beforeAll(async () => {
  other = await startLocalServer((_request, response) => response.end("other"));
  target = await startLocalServer((request, response) => {
    const url = new URL(request.url, "http://x");
    const status = Number(url.searchParams.get("status") ?? 302);
    const to = url.searchParams.get("to");
    if (url.pathname === "/redirect")
      return void response.writeHead(status, to === null ? {} : { location: to }).end("moved");
    if (url.pathname === "/loop") return void response.writeHead(302, { location: `/loop?n=${Math.random()}` }).end();
    if (url.pathname === "/hops") {
      const left = Number(url.searchParams.get("left"));
      return void (left === 0
        ? response.end("arrived")
        : response.writeHead(302, { location: `/hops?left=${left - 1}` }).end());
    }
    if (url.pathname === "/zeros") return void response.end(Buffer.alloc(Number(url.searchParams.get("bytes"))));
    if (url.pathname === "/endless") {
      const timer = setInterval(() => response.write(Buffer.alloc(64 * 1024)), 1);
      return void response.on("close", () => clearInterval(timer));
    }
    if (url.pathname === "/gzip")
      return void response
        .writeHead(200, { "content-encoding": "gzip" })
        .end(gzipSync(Buffer.alloc(Number(url.searchParams.get("bytes")))));
    if (url.pathname === "/br")
      return void response
        .writeHead(200, { "content-encoding": "br" })
        .end(brotliCompressSync(Buffer.alloc(Number(url.searchParams.get("bytes")))));
    if (url.pathname === "/never") return;
    if (url.pathname === "/stall") return void response.writeHead(200).write("begin");
    if (url.pathname === "/reset") return void response.socket?.destroy();
    if (url.pathname === "/half") {
      response.writeHead(200, { "content-length": "100" });
      response.write("half");
      return void setTimeout(() => response.socket?.destroy(), 20);
    }
    if (url.pathname === "/status") return void response.writeHead(status).end();
    response
      .writeHead(200, { "content-type": "text/plain", "set-cookie": ["a=1", "b=2"] })
      .end(`hello ${request.method}`);
  });
});
afterAll(async () => {
  await Promise.all([target.close(), other.close()]);
});
beforeEach(() => {
  target.seen.length = 0;
  other.seen.length = 0;
});

/** A fetch that may reach `target` as shop.test and as 127.0.0.1, and `other` as other.test only; evil.test is not opened. */
function guarded(
  options: { maxBytes?: number; timeoutMs?: number; resolve?: (name: string) => Promise<ResolvedAddress[]> } = {},
) {
  return createGuardedFetch({
    allow: [`shop.test:${target.port}`, `127.0.0.1:${target.port}`, `other.test:${other.port}`],
    resolve: async () => [{ address: "127.0.0.1", family: 4 }],
    ...options,
  });
}
const shop = (path: string) => `http://shop.test:${target.port}${path}`;
const redirectTo = (to: string, status = 302) => shop(`/redirect?status=${status}&to=${encodeURIComponent(to)}`);

async function faultOf(promise: Promise<unknown>): Promise<GuardedFetchError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(GuardedFetchError);
  return error as GuardedFetchError;
}

describe("what passes", () => {
  test("a listed host answers with a standard Response", async () => {
    const response = await guarded()(shop("/hi"), {
      method: "post",
      body: JSON.stringify({ a: 1 }),
      headers: { "x-a": "1" },
    });
    expect(response).toBeInstanceOf(Response);
    expect([response.status, response.url, response.redirected]).toEqual([200, shop("/hi"), false]);
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(await response.text()).toBe("hello POST");
    expect(target.seen[0]).toMatchObject({ method: "POST", body: '{"a":1}' });
    expect(target.seen[0]?.headers).toMatchObject({
      host: `shop.test:${target.port}`,
      "x-a": "1",
      "user-agent": "Reprise",
    });
  });
  test("the caller cannot set headers of the connection", async () => {
    await guarded()(shop("/hi"), {
      headers: { host: "internal", "transfer-encoding": "chunked", "content-length": "7" },
    });
    expect(target.seen[0]?.headers.host).toBe(`shop.test:${target.port}`);
    expect(target.seen[0]?.headers["transfer-encoding"]).toBe(undefined);
  });
  test("Request objects, forms and search parameters are sent as fetch sends them", async () => {
    await guarded()(new Request(shop("/a"), { method: "PUT", body: "text", headers: { "x-b": "2" } }));
    await guarded()(new URL(shop("/b")), { method: "POST", body: new URLSearchParams({ q: "ä" }) });
    expect(
      target.seen.map((item) => [item.method, item.body, item.headers["content-type"], item.headers["x-b"]]),
    ).toEqual([
      ["PUT", "text", "text/plain;charset=UTF-8", "2"],
      ["POST", "q=%C3%A4", "application/x-www-form-urlencoded;charset=UTF-8", undefined],
    ]);
  });
  test.each([
    ...[204, 304, 401, 404, 407, 421, 500, 503].map((status) => [status, "GET", null] as const),
    ...[401, 407, 421, 503].flatMap((status) => [
      [status, "POST", "body"] as const,
      [status, "POST", null] as const,
      [status, "DELETE", null] as const,
    ]),
  ])("status %i comes through without a retry (%s, body: %s)", async (status, method, body) => {
    const response = await guarded()(shop(`/status?status=${status}`), { method, body });
    expect(response.status).toBe(status);
    expect(await response.text()).toBe("");
    expect(target.seen.length).toBe(1);
  });
});

describe("addresses are refused before anything is sent", () => {
  const cases: [string, string][] = [
    ["a private literal", "http://10.0.0.1/"],
    ["a loopback literal on another port", "http://127.0.0.1:1/"],
    ["a decimal loopback", "http://2130706433/"],
    ["the metadata service", "http://169.254.169.254/latest/meta-data/"],
    ["the IPv6 metadata service", "http://[fd00:ec2::254]/"],
    ["a mapped address", "http://[::ffff:127.0.0.1]/"],
    ["a name that resolves to loopback", "http://evil.test/"],
    ["another scheme", "file:///etc/passwd"],
    ["data", "data:text/plain,x"],
    ["blob", "blob:http://shop.test/1"],
    ["ftp", "ftp://shop.test/"],
    ["credentials", "http://user:secret@shop.test/"],
    ["a user name", "http://user@shop.test/"],
    ["no URL", "shop"],
  ];
  test.each(cases)("%s", async (_name, url) => {
    const progress: FetchProgress = { requestSent: null };
    const fault = await faultOf(guarded()(url, { progress } as GuardedInit));
    expect([fault.code, fault.fault, fault.retryable, progress.requestSent]).toEqual([
      "tool_request_refused",
      "refused",
      false,
      false,
    ]);
    expect(fault.message).not.toMatch(/secret|127\.0\.0\.1:\d+ resolved/);
    expect(target.seen).toEqual([]);
  });
  test("one private address among public ones is enough", async () => {
    const resolve = async (): Promise<ResolvedAddress[]> => [
      { address: "93.184.216.34", family: 4 },
      { address: "10.0.0.1", family: 4 },
    ];
    const fault = await faultOf(guarded({ resolve })("http://mixed.test/"));
    expect(fault.message).toBe(
      "Requests to http://mixed.test are refused: its host name leads to no address that may be reached",
    );
  });
  test.each(["CONNECT", "TRACE", "TRACK", "BAD METHOD"])("method %s", async (method) => {
    expect((await faultOf(guarded()(shop("/"), { method }))).fault).toBe("refused");
  });
  test("a header value that HTTP does not allow is refused without being quoted", async () => {
    const fault = await faultOf(guarded()(shop("/"), { headers: { "x-token": "top\r\nsecret" } }));
    expect(fault.message).not.toContain("secret");
  });
});

describe("names", () => {
  test("a name is resolved once and exactly that address is connected (rebinding)", async () => {
    let asked = 0;
    const resolve = async (): Promise<ResolvedAddress[]> => {
      asked += 1;
      return [{ address: asked === 1 ? "127.0.0.1" : "127.0.0.2", family: 4 }];
    };
    expect(await (await guarded({ resolve })(shop("/hi"))).text()).toBe("hello GET");
    expect(asked).toBe(1);
  });
  test("a public first answer is pinned, a later private one is never asked for", async () => {
    const answers = ["93.184.216.34", "127.0.0.1"];
    const resolve = async (): Promise<ResolvedAddress[]> => [{ address: answers.shift() ?? "", family: 4 }];
    const pinned = await pinAddresses(new URL("http://rebind.test/"), { allow: [], resolve });
    expect(pinned).toEqual([{ address: "93.184.216.34", family: 4 }]);
    await expect(pinAddresses(new URL("http://rebind.test/"), { allow: [], resolve })).rejects.toMatchObject({
      fault: "refused",
    });
  });
  test("a name is refused alike when it does not exist and when it is an internal one", async () => {
    const at = (address: string) => async (): Promise<ResolvedAddress[]> => [{ address, family: 4 }];
    const unknown = (code: string) => async () => Promise.reject(Object.assign(new Error("getaddrinfo"), { code }));
    for (const resolve of [unknown("ENOTFOUND"), unknown("ENODATA"), at("10.0.0.1"), at("127.0.0.1"), async () => []]) {
      const progress: FetchProgress = { requestSent: null };
      const fault = await faultOf(guarded({ resolve })("http://nowhere.test/a?token=1", { progress } as GuardedInit));
      expect([fault.code, fault.retryable, progress.requestSent]).toEqual(["tool_request_refused", false, false]);
      expect(fault.message).toBe(
        "Requests to http://nowhere.test are refused: its host name leads to no address that may be reached",
      );
    }
  });
  test("a name server that never answers is cut by the deadline", async () => {
    const fault = await faultOf(
      guarded({ resolve: () => new Promise(() => undefined), timeoutMs: 100 })("http://slow.test/"),
    );
    expect(fault.code).toBe("timed_out");
  });
});

describe("redirects", () => {
  test.each([
    ["loopback", "http://127.0.0.1:1/"],
    ["metadata", "http://169.254.169.254/latest"],
    ["private name", "http://evil.test/"],
    ["IPv6 loopback", "http://[::1]:9/"],
    ["credentials", "http://a:b@shop.test/"],
    ["file", "file:///etc/passwd"],
    ["nonsense", "http://"],
  ])("to %s is refused", async (_name, to) => {
    const fault = await faultOf(guarded()(redirectTo(to)));
    expect(fault.code).toBe("tool_request_refused");
    expect(target.seen.length).toBe(1);
  });
  test("a name that is not listed is refused although it resolves to a listed address", async () => {
    await faultOf(guarded()(redirectTo(`http://evil.test:${target.port}/hi`)));
    expect(target.seen.length).toBe(1);
  });
  test("five are followed, the sixth is refused, a loop ends", async () => {
    const response = await guarded()(shop("/hops?left=5"));
    expect([await response.text(), response.redirected, response.url]).toEqual(["arrived", true, shop("/hops?left=0")]);
    expect((await faultOf(guarded()(shop("/hops?left=6")))).message).toContain("more than 5 times");
    expect((await faultOf(guarded()(shop("/loop")))).code).toBe("tool_request_refused");
  });
  test.each([
    [301, "POST", "GET", ""],
    [302, "POST", "GET", ""],
    [303, "POST", "GET", ""],
    [303, "PUT", "GET", ""],
    [302, "PUT", "PUT", "body"],
    [307, "POST", "POST", "body"],
    [308, "POST", "POST", "body"],
    [308, "DELETE", "DELETE", "body"],
  ])("%i after %s sends %s", async (status, method, then, body) => {
    await guarded()(redirectTo("/next", status), { method, body: "body" });
    expect(target.seen[1]).toMatchObject({ method: then, body, url: "/next" });
    expect(target.seen[1]?.headers["content-type"]).toBe(body === "" ? undefined : "text/plain;charset=UTF-8");
  });
  const secrets = {
    authorization: "Bearer s",
    cookie: "s=1",
    "x-api-key": "s",
    "x-shop-token": "s",
    "proxy-authorization": "s",
  };
  test("no secret goes to another origin, not even by way of a 307", async () => {
    for (const status of [302, 307])
      await guarded()(redirectTo(`http://other.test:${other.port}/`, status), {
        method: "POST",
        body: "b",
        headers: { ...secrets, accept: "text/plain" },
      });
    expect(other.seen.length).toBe(2);
    for (const request of other.seen) {
      for (const name of Object.keys(secrets)) expect(request.headers[name]).toBe(undefined);
      expect(request.headers.accept).toBe("text/plain");
    }
  });
  test("the same host on another port or scheme is another origin", async () => {
    const fetchBoth = createGuardedFetch({ allow: [`127.0.0.1:${target.port}`, `127.0.0.1:${other.port}`] });
    await fetchBoth(`${target.url}/redirect?to=${encodeURIComponent(other.url)}`, { headers: secrets });
    expect(other.seen[0]?.headers.authorization).toBe(undefined);
  });
  test("secrets stay on the same origin", async () => {
    await guarded()(redirectTo("/next"), { headers: secrets });
    expect(target.seen[1]?.headers).toMatchObject({ authorization: "Bearer s", "x-shop-token": "s" });
  });
  test("a header or body marked secret does not leave the origin", async () => {
    const init = { method: "POST", body: "b", headers: { accept: "s" }, secretHeaders: ["Accept"] } as GuardedInit;
    await guarded()(redirectTo(`http://other.test:${other.port}/`, 307), init);
    expect(other.seen[0]?.headers.accept).not.toBe("s");
    await faultOf(
      guarded()(redirectTo(`http://other.test:${other.port}/`, 307), { ...init, secretBody: true } as GuardedInit),
    );
    expect(other.seen.length).toBe(1);
  });
  test("redirect: error refuses, redirect: manual hands the answer over", async () => {
    expect((await faultOf(guarded()(redirectTo("/next"), { redirect: "error" }))).code).toBe("tool_request_refused");
    const response = await guarded()(redirectTo("/next"), { redirect: "manual" });
    expect([response.status, response.headers.get("location")]).toEqual([302, "/next"]);
    expect(target.seen.length).toBe(2);
  });
});

describe("size", () => {
  const limit = 100_000;
  test("an answer of exactly the limit is read", async () => {
    for (const kind of ["zeros", "gzip", "br"]) {
      const response = await guarded({ maxBytes: limit })(shop(`/${kind}?bytes=${limit}`));
      expect(response.headers.get("content-encoding")).toBe(null);
      expect((await response.arrayBuffer()).byteLength).toBe(limit);
    }
  });
  test.each([`/zeros?bytes=${limit + 1}`, `/gzip?bytes=${limit * 100}`, `/br?bytes=${limit * 100}`, "/endless"])(
    "%s is cut",
    async (path) => {
      const fault = await faultOf(guarded({ maxBytes: limit })(shop(path)).then((response) => response.arrayBuffer()));
      expect([fault.code, fault.fault, fault.retryable]).toEqual(["tool_http_error", "too_large", false]);
      expect(fault.message).toContain("answered with more than 100000 bytes");
    },
  );
});

describe("time", () => {
  test.each(["/never", "/stall", "/endless"])("%s times out and its socket is closed", async (path) => {
    const before = target.closedSockets();
    const fault = await faultOf(
      guarded({ timeoutMs: 200, maxBytes: 1e12 })(shop(path)).then((response) => response.text()),
    );
    expect([fault.code, fault.retryable]).toEqual(["timed_out", true]);
    await expect.poll(() => target.closedSockets()).toBe(before + 1);
  });
  test.each(["/never", "/stall"])(
    "an abort on %s rejects with its reason and closes the socket at once",
    async (path) => {
      const before = target.closedSockets();
      const controller = new AbortController();
      const progress: FetchProgress = { requestSent: null };
      const reading = guarded()(shop(path), { signal: controller.signal, progress } as GuardedInit).then((response) =>
        response.text(),
      );
      const ended = reading.catch((error: unknown) => error);
      await expect.poll(() => target.seen).toHaveLength(1);
      controller.abort(new Error("stop"));
      expect(await ended).toMatchObject({ message: "stop" });
      expect(progress.requestSent).toBe(true);
      await expect.poll(() => target.closedSockets()).toBe(before + 1);
    },
  );
  test("what is asked before the first byte leaves is asked when the connection stands, and may keep it from leaving", async () => {
    const sent = (beforeSend: () => Promise<void>) => {
      const progress: FetchProgress = { requestSent: null };
      const answer = guarded()(shop("/hi"), { beforeSend, progress } as GuardedInit).then(
        (response) => response.status,
      );
      return answer.then(
        (status) => [status, progress.requestSent],
        () => ["refused", progress.requestSent],
      );
    };
    expect(await sent(() => Promise.reject(new Error("no longer ours")))).toEqual(["refused", false]);
    expect(target.seen).toEqual([]);
    expect(await sent(() => Promise.resolve())).toEqual([200, true]);
    expect(target.seen).toHaveLength(1);
  });
  test("an aborted signal sends nothing", async () => {
    await expect(guarded()(shop("/hi"), { signal: AbortSignal.abort(new Error("early")) })).rejects.toThrow("early");
    expect(target.seen).toEqual([]);
  });
  test("a body that is never read is cut by the deadline; a cancelled one at once", async () => {
    const before = target.closedSockets();
    const unread = await guarded({ timeoutMs: 1000 })(shop("/stall"));
    const cancelled = await guarded()(shop("/stall"));
    await cancelled.body?.cancel();
    await expect.poll(() => target.closedSockets()).toBe(before + 2);
    await faultOf(unread.text());
  });
});

describe("broken connections", () => {
  test("a reset after the request counts as sent", async () => {
    const progress: FetchProgress = { requestSent: null };
    const fault = await faultOf(guarded()(shop("/reset?token=1"), { method: "POST", progress } as GuardedInit));
    expect([fault.code, fault.retryable, progress.requestSent]).toEqual(["tool_http_error", true, true]);
    expect(fault.message).not.toContain("token");
    expect(target.seen.length).toBe(1);
  });
  test("a body that ends too early is a fault", async () => {
    const response = await guarded()(shop("/half"));
    expect((await faultOf(response.text())).code).toBe("tool_http_error");
  });
  test("nobody listening: not sent", async () => {
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const progress: FetchProgress = { requestSent: null };
    const fetchThere = createGuardedFetch({ allow: [`127.0.0.1:${port}`] });
    const fault = await faultOf(fetchThere(`http://127.0.0.1:${port}/x`, { progress } as GuardedInit));
    expect([fault.message, progress.requestSent]).toEqual([
      `GET http://127.0.0.1:${port}/x: connection refused`,
      false,
    ]);
  });
  test("a server that does not speak HTTP or TLS is a readable fault", async () => {
    const server = createTcpServer((socket) =>
      socket
        .resume()
        .on("error", () => undefined)
        .end("SSH-2.0-x\r\n"),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const fetchThere = createGuardedFetch({ allow: [`127.0.0.1:${port}`] });
    expect((await faultOf(fetchThere(`http://127.0.0.1:${port}/`))).message).toContain("not valid HTTP");
    expect((await faultOf(fetchThere(`https://127.0.0.1:${port}/`))).message).toContain("TLS");
    await sleep(5);
    await new Promise((resolve) => server.close(resolve));
  });
  test("the system's resolver finds localhost", async () => {
    const fetchLocal = createGuardedFetch({ allow: [`localhost:${target.port}`] });
    expect(await (await fetchLocal(`http://localhost:${target.port}/hi`)).text()).toBe("hello GET");
  });
});
