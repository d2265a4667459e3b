import { afterEach, expect, test, vi } from "vitest";
import { runNode } from "#/lib/launcher/foreground.ts";

afterEach(() => vi.restoreAllMocks());

test("what runs beside another is printed when that has ended, whole, and its exit code is kept", async () => {
  const printed: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    printed.push(String(chunk));
    return true;
  });
  const other = Promise.withResolvers<void>();
  const program = "console.log('early'); console.error('wrong'); process.exitCode = 3";
  const running = runNode("-e", [program], { printAfter: other.promise });
  const ended = await Promise.race([
    running.then(() => "ended"),
    new Promise((done) => setTimeout(done, 500, "waits")),
  ]);
  expect([ended, printed]).toEqual(["waits", []]);
  other.resolve();
  expect((await running).code).toBe(3);
  expect(printed.join("")).toBe("early\nwrong\n");
});

test("it is printed too when the other failed", async () => {
  const printed: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => printed.push(String(chunk)) > 0);
  await runNode("-e", ["console.log('late')"], { printAfter: Promise.reject(new Error("the other failed")) });
  expect(printed.join("")).toBe("late\n");
});
