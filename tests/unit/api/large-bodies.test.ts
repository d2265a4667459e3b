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

/** A body of `parts` parts of 64 KiB, and what has been asked of it. */
function inParts(parts: number, part: Uint8Array) {
  const seen = { asked: 0 };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (seen.asked++ < parts) controller.enqueue(part);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const headers = { "content-type": "application/json" };
  return { seen, request: new Request("http://x/", { method: "POST", headers, body, duplex: "half" } as RequestInit) };
}

test("the large bodies of a workspace are read at 20 MiB a second, all together", async () => {
  const texts = new Uint8Array(64 * 1024).fill("x".charCodeAt(0));
  const timed = async (workspaces: string[]) => {
    const began = performance.now();
    const sizes = workspaces.map((workspace) =>
      answerBody(workspace, inParts(16, texts).request, 10_000_000, async ({ length }) => length),
    );
    expect(await Promise.all(sizes)).toEqual(workspaces.map(() => 1024 * 1024));
    return performance.now() - began;
  };
  expect(await timed(["d", "d"])).toBeGreaterThan(95);
  const apart = await timed(["e", "f"]);
  expect(apart).toBeGreaterThan(45);
});

test("a text of too many values is read to its end, not held, and not answered", async () => {
  const values = new TextEncoder().encode("1,".repeat(32 * 1024));
  const { seen, request } = inParts(10, values);
  let answered = 0;
  const outcome = answerBody("g", request, 10_000_000, async () => answered++);
  await expect(outcome).rejects.toMatchObject({ code: "payload_too_large", details: { maxValues: 200_000 } });
  expect([seen.asked, answered]).toEqual([11, 0]);
  // Others have it judged by their own limits: only JSON has values.
  const yaml = new Request("http://x/", {
    method: "POST",
    headers: { "content-type": "application/yaml" },
    body: "1,".repeat(300_000),
  });
  expect(await answerBody("g", yaml, 10_000_000, async ({ length }) => length)).toBe(600_000);
});
