import { describe, expect, test } from "vitest";
import { hashPassword, verifyPassword } from "#/lib/tenancy/password.ts";

describe("passwords", () => {
  test("only the password itself verifies, whatever its Unicode form", async () => {
    const stored = await hashPassword("Pässwört 🔑");
    expect(stored).not.toContain("ssw");
    expect(await verifyPassword("Pässwört 🔑", stored)).toBe(true);
    expect(await verifyPassword("Pässwört 🔑".normalize("NFD"), stored)).toBe(true);
    for (const wrong of ["", "pässwört 🔑", "Pässwört 🔑 ", "Passwort"])
      expect(await verifyPassword(wrong, stored)).toBe(false);
  });

  test("two hashes of one password differ", async () => {
    expect(await hashPassword("same")).not.toBe(await hashPassword("same"));
  });

  test("no stored hash, or one of an unknown form, verifies nothing", async () => {
    for (const stored of [null, "", "plain", "scrypt$1$2$3", "bcrypt$32768$8$1$aa$bb"])
      expect(await verifyPassword("", stored)).toBe(false);
  });
});
