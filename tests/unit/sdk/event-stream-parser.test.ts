import { expect, test } from "vitest";
import { EventStreamParser } from "#/lib/sdk/event-stream-parser.ts";

const stream =
  ": hello\n\nid: 1\nevent: a\ndata: x\n\ndata: two\ndata:lines\r\n\r\nevent: only-type\n\ndata\n\nid: 7\rdata: cr\r\rretry: 5\n\n";
const messages = [
  { type: "a", data: "x", id: "1" },
  { type: "message", data: "two\nlines", id: "1" },
  { type: "message", data: "", id: "1" },
  { type: "message", data: "cr", id: "7" },
];

test("reads fields, comments, all line ends, and keeps the last id", () => {
  expect(new EventStreamParser().push(stream)).toEqual(messages);
});

test("gives the same messages however the text is cut", () => {
  for (let size = 1; size < 12; size++) {
    const parser = new EventStreamParser();
    const found = [];
    for (let at = 0; at < stream.length; at += size) found.push(...parser.push(stream.slice(at, at + size)));
    expect(found).toEqual(messages);
  }
});

test("a message that is not finished is not given", () => {
  expect(new EventStreamParser().push("data: half\n")).toEqual([]);
});
