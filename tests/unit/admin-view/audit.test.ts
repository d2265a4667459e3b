import { describe, expect, test } from "vitest";
import { csvCell, exportText } from "#/lib/api/audit-export.ts";
import { auditFilterOf, auditSearch, type AuditFilterQuery, parseAuditQuery } from "#/components/audit/audit-query.ts";
import { detailsLine, targetPath } from "#/components/audit/audit-target.ts";
import type { AuditEventView } from "#/lib/contract/administration.ts";

const nothing: AuditFilterQuery = { action: null, actor: null, target: null, range: null, from: null, to: null };

describe("the audit log's address", () => {
  test.each<AuditFilterQuery>([
    nothing,
    { ...nothing, action: "member.added", actor: "usr_1", target: "anthropic:claude-haiku-4-5", range: "24h" },
    { ...nothing, from: "2026-11-20T00:00:00.000Z", to: "2026-11-21T00:00:00.000Z" },
  ])("reads back what it wrote: %o", (query) => {
    const { page, ...read } = parseAuditQuery(Object.fromEntries(auditSearch(query)));
    expect(read).toEqual(query);
    expect(page).toEqual({ cursor: null, trail: [] });
  });

  test("leaves out what cannot be understood or stored", () => {
    const read = parseAuditQuery({ action: "a b", actor: "'", target: "a\u0000b", range: "toString", from: "x" });
    expect(read).toMatchObject({ ...nothing, target: "ab" });
  });

  test("a relative range counts back from now and wins over instants", () => {
    const now = Date.parse("2026-11-21T12:00:00.000Z");
    const query: AuditFilterQuery = {
      ...nothing,
      range: "1h",
      from: "2020-01-01T00:00:00.000Z",
      to: "2020-01-02T00:00:00.000Z",
    };
    expect(auditFilterOf(query, now)).toMatchObject({ from: "2026-11-21T11:00:00.000Z", to: undefined });
  });
});

describe("what an event is about", () => {
  test.each([
    ["run_01abc", {}, "/acme/ai/runs/run_01abc"],
    ["prompt_01abc", {}, "/acme/prompts/prompt_01abc"],
    ["wf_01abc", { slug: "support-refund" }, "/acme/workflows/support-refund"],
    ["wf_01abc", {}, null],
    ["wf_01abc", { slug: "../../login" }, null],
    ["run_1/../x", {}, null],
    ["production", {}, null],
    [null, {}, null],
  ])("%s %j leads to %s", (target, details, path) => {
    expect(targetPath("acme", { target, details })).toBe(path);
  });

  test("its details fit in a line", () => {
    expect(detailsLine({ slug: "a", version: 2, before: { x: null } })).toBe('slug: a, version: 2, before: {"x":null}');
    expect(detailsLine({})).toBe("");
  });
});

describe("export", () => {
  test.each([
    ["plain", "plain"],
    ["a,b", '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ["two\nlines", '"two\nlines"'],
    ["=1+1", "'=1+1"],
    ["@cmd", "'@cmd"],
    ["-1", "'-1"],
    ["\tx", "'\tx"],
    ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
  ])("the cell %j is written %j, and is no formula", (text, expected) => {
    expect(csvCell(text)).toBe(expected);
  });

  const event = (id: string): AuditEventView => ({
    id,
    action: "member.added",
    actor: { kind: "user", id: "usr_1" },
    target: null,
    details: { email: "a@example.com" },
    requestId: null,
    createdAt: "2026-11-21T00:00:00.000Z",
  });

  test("JSON that is written page by page is one array, also when it is empty", () => {
    const { start, events, end } = exportText.json;
    const written = `${start}${events([event("1"), event("2")], true)}${events([event("3")], false)}${end}`;
    expect(JSON.parse(written)).toEqual([event("1"), event("2"), event("3")]);
    expect(JSON.parse(`${start}${end}`)).toEqual([]);
  });

  test("CSV has a header and a line an event", () => {
    const { start, events } = exportText.csv;
    const lines = `${start}${events([event("1")], true)}`.split("\r\n");
    expect(lines[0]).toBe("createdAt,action,actorKind,actorId,target,requestId,id,details");
    expect(lines[1]).toBe('2026-11-21T00:00:00.000Z,member.added,user,usr_1,,,1,"{""email"":""a@example.com""}"');
  });
});
