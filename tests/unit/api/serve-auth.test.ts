import { describe, expect, test } from "vitest";
import { maxAuthBodyBytes, serveAuth } from "#/lib/api/serve-auth.ts";

const form = "application/x-www-form-urlencoded";
const send = (path: string, body: BodyInit | null, headers: Record<string, string> = { "content-type": form }) => {
  const init = { method: "POST", body, headers, duplex: "half" } as RequestInit;
  return serveAuth(new Request(`http://localhost:3000/api/auth/${path}`, init), path.split("/"));
};
const refusal = async (response: Response) => {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  return `${response.status} ${((await response.json()) as { code: string }).code}`;
};

/** A body that never ends; counts how much of it was taken. */
function endless() {
  const taken = { bytes: 0 };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      taken.bytes += 16 * 1024;
      controller.enqueue(new Uint8Array(16 * 1024).fill(97));
    },
  });
  return { body, taken };
}

describe("what is sent to sign in", () => {
  test.each(["callback/credentials", "signin/credentials", "signout", "session", "csrf"])(
    "to %s is not read beyond 64 KiB, announced or not",
    async (path) => {
      const { body, taken } = endless();
      expect(await refusal(await send(path, body))).toBe("413 payload_too_large");
      expect(taken.bytes).toBeLessThanOrEqual(maxAuthBodyBytes + 3 * 16 * 1024);
      const announced = endless();
      const headers = { "content-type": form, "content-length": String(80 * 1024 * 1024) };
      expect(await refusal(await send(path, announced.body, headers))).toBe("413 payload_too_large");
      expect(announced.taken.bytes).toBeLessThanOrEqual(16 * 1024);
    },
  );

  test.each(["application/json", "multipart/form-data; boundary=x", "text/plain", ""])(
    "as %j is no form",
    async (type) => {
      const headers: Record<string, string> = type === "" ? {} : { "content-type": type };
      const body = new TextEncoder().encode("{");
      expect(await refusal(await send("callback/credentials", body, headers))).toBe("415 unsupported_media_type");
    },
  );

  test.each(["_log", "_log/x", "verify-request", "__proto__", "constructor", ""])(
    "to %j is not found",
    async (path) => {
      expect(await refusal(await send(path, "code=x&level=error"))).toBe("404 not_found");
    },
  );
});
