import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { labelAnswers } from "#/lib/api/label-answers.ts";

labelAnswers();

async function idsOf(paths: string[], listener: RequestListener): Promise<(string | null)[]> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const at = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    const answers = paths.map(async (path) =>
      (await fetch(at(path), { redirect: "manual" })).headers.get("request-id"),
    );
    return await Promise.all(answers);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
const fresh = expect.stringMatching(/^req_\w+$/) as string;

test.each<[string, RequestListener]>([
  ["that is only ended", (_, response) => response.end("x")],
  ["that is streamed", (_, response) => void (response.write("x"), response.end())],
  ["with headers of its own", (_, response) => response.writeHead(204, { allow: "GET" }).end()],
  ["that redirects", (_, response) => response.writeHead(308, { location: "/api/v1/runs" }).end()],
])("an answer under /api %s gets a request id of its own", async (_what, listener) => {
  const ids = await idsOf(["/api/v1/runs/", "/api/v1/runs/", "/api?x", "/api"], listener);
  expect(ids).toEqual([fresh, fresh, fresh, fresh]);
  expect(new Set(ids).size).toBe(4);
});

test("a request carries the address of its connection behind what its sender says of others", async () => {
  const seen: unknown[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers["x-forwarded-for"]);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/login`;
  await (await fetch(url)).text();
  await (await fetch(url, { headers: { "x-forwarded-for": "198.51.100.7, 10.0.0.1" } })).text();
  server.closeAllConnections();
  server.close();
  expect(seen).toEqual(["127.0.0.1", "198.51.100.7, 10.0.0.1, 127.0.0.1"]);
});

test("an answer that has one keeps it, and pages get none", async () => {
  const own: RequestListener = (_, response) => void response.setHeader("request-id", "req_own").end();
  const given: RequestListener = (_, response) => response.writeHead(200, { "request-id": "req_own" }).end();
  for (const listener of [own, given]) expect(await idsOf(["/api/v1/runs"], listener)).toEqual(["req_own"]);
  expect(await idsOf(["/login", "/apis", "/a/api/b"], (_, response) => void response.end())).toEqual([
    null,
    null,
    null,
  ]);
});
