import { describe, expect, test } from "vitest";
import {
  countOnPage,
  decodePosition,
  encodePosition,
  pageLinks,
  readPage,
  startOf,
} from "#/components/shell/list-pages.ts";

const position = (second: number) => ({ createdAt: `2026-11-21T00:00:0${second}.000Z`, id: `key_01abc${second}` });
const read = (href: string) => readPage(Object.fromEntries(new URL(href, "http://x").searchParams));

describe("pages of a list", () => {
  test("walk forward and back through the same starts, and keep the filter", () => {
    const filter = new URLSearchParams({ action: "member.added" });
    const first = pageLinks("/a", filter, readPage({}), position(1));
    expect(first.previous).toBeNull();
    const second = pageLinks("/a", filter, read(first.next ?? ""), position(2));
    expect(startOf(read(first.next ?? ""))).toEqual(position(1));
    expect(second.previous).toBe("/a?action=member.added");
    const third = pageLinks("/a", filter, read(second.next ?? ""), null);
    expect(third.next).toBeNull();
    expect(startOf(read(third.previous ?? ""))).toEqual(position(1));
    expect(second.next).toContain("action=member.added");
  });

  test("an address that cannot be understood is the first page", () => {
    for (const cursor of ["", "x", "1.KEY_1", "1.key_1;drop"])
      expect(readPage({ cursor, trail: "1.key_1" })).toEqual({ cursor: null, trail: [] });
  });

  test("a position survives as text", () => {
    expect(decodePosition(encodePosition(position(1)))).toEqual(position(1));
  });

  test("the count is only called whole when it is", () => {
    expect(countOnPage(1, "key", { previous: null, next: null })).toBe("1 key");
    expect(countOnPage(50, "key", { previous: null, next: "/x" })).toBe("50 keys on this page");
  });
});
