import { expect, test } from "vitest";
import { deviceCookie, deviceOf, rememberDevice } from "#/lib/auth/device-cookie.ts";

process.env["NEXTAUTH_SECRET"] = "a-secret-of-the-tests";
process.env["NEXTAUTH_URL"] = "https://reprise.example";

const valueOf = (cookie: string) => cookie.slice(deviceCookie().length + 1, cookie.indexOf(";"));

test("a device is known for the email that signed in on it, by a cookie that only we can make", () => {
  const cookie = rememberDevice(null, "ada@example.com");
  const value = valueOf(cookie);
  const id = deviceOf(value, "ada@example.com");
  expect(id).toMatch(/^[\w-]{22}$/);
  expect(cookie).toMatch(/^__Host-reprise-device=/);
  expect(cookie).toMatch(/; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure$/);
  expect(valueOf(rememberDevice(id, "ada@example.com"))).toBe(value);
  const [, mac = ""] = value.split(".");
  for (const forged of [undefined, "", ".", "x", `x.${mac}`, `${id}.`, `${id}.x`, `.${mac}`])
    expect(deviceOf(forged, "ada@example.com")).toBeNull();
  expect(deviceOf(value, "eve@example.com")).toBeNull();
  expect(valueOf(rememberDevice(null, "ada@example.com"))).not.toBe(value);
});
