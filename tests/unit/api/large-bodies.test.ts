import { expect, test } from "vitest";
import { answerBody } from "#/lib/api/large-bodies.ts";

const large = "x".repeat(100_000);
const sent = (text: string, announced: boolean) => {
  const headers: Record<string, string> = announced ? { "content-length": `${text.length}` } : {};
  return new Request("http://x/", { method: "POST", body: text, headers });
};
const turn = () => new Promise((resolve) => setImmediate(resolve));
const turns = async (count: number) => {
  for (let n = 0; n < count; n++) await turn();
};

/** Sends bodies that are answered when the test says so, and tells which are under way. */
function stage() {
  const open = new Map<string, () => void>();
  const send = (workspace: string, name: string, request: Request, maxBytes = 1_000_000) =>
    answerBody(workspace, request, maxBytes, async (bytes) => {
      await new Promise<void>((resolve) => open.set(name, resolve));
      open.delete(name);
      return `${name} ${bytes.length}`;
    });
  return { send, underWay: () => [...open.keys()], answer: (name: string) => open.get(name)?.() };
}

test.each([true, false])("large bodies of a workspace are answered one by one (announced: %s)", async (announced) => {
  const { send, underWay, answer } = stage();
  const [workspace, other] = [`a-${announced}`, `b-${announced}`];
  const first = send(workspace, "first", sent(large, announced));
  const second = send(workspace, "second", sent(large, announced));
  const elsewhere = send(other, "elsewhere", sent(large, announced));
  const small = send(workspace, "small", sent("{}", announced));
  const empty = send(workspace, "empty", new Request("http://x/", { method: "POST" }));
  await expect.poll(underWay).toHaveLength(4);
  expect(underWay().sort()).toEqual(["elsewhere", "empty", "first", "small"]);
  for (const name of underWay()) answer(name);
  expect(await Promise.all([first, elsewhere, small, empty])).toEqual([
    "first 100000",
    "elsewhere 100000",
    "small 2",
    "empty 0",
  ]);
  await expect.poll(underWay).toEqual(["second"]);
  answer("second");
  expect(await second).toBe("second 100000");
});

test("no more than four are read at once, and one that fails or is too large gives its place on", async () => {
  const { send, underWay, answer } = stage();
  let read = 0;
  const watched = () => {
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          read++;
          controller.enqueue(new TextEncoder().encode(large));
          controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    return new Request("http://x/", { method: "POST", body, duplex: "half" } as RequestInit);
  };
  const answers = Array.from({ length: 12 }, (_, n) => send("c", `n${n}`, watched(), n === 5 ? 10 : undefined));
  const outcomes = Promise.allSettled(answers);
  await expect.poll(underWay).toHaveLength(1);
  await turns(20);
  expect(read).toBe(4);
  for (let n = 0; n < 11; n++) {
    await expect.poll(underWay).toHaveLength(1);
    for (const name of underWay()) answer(name);
    await turns(5);
  }
  const statuses = (await outcomes).map(({ status }) => status);
  expect(statuses.filter((status) => status === "rejected")).toHaveLength(1);
  expect(read).toBe(12);
});
