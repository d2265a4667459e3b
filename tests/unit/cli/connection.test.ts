import { expect, test } from "vitest";
import { chooseConnection, type ConnectionFacts } from "#/lib/cli/connection.ts";

const profiles = {
  local: { url: "http://localhost:3000", apiKey: "key-local" },
  other: { url: "https://other.example", apiKey: "key-other" },
};
const demo = { url: "http://localhost:3001", apiKey: "key-demo" };
const facts = (more: Partial<ConnectionFacts>): ConnectionFacts => ({
  ...{
    url: undefined,
    apiKey: undefined,
    profileName: undefined,
    config: { current: null, profiles },
    demo: () => null,
  },
  ...more,
});
const current = { current: "local", profiles };

test.each<[string, Partial<ConnectionFacts>, string, string]>([
  ["the environment alone", { url: "http://e", apiKey: "k" }, "http://e", "k"],
  ["the environment over the current profile", { url: "http://e", apiKey: "k", config: current }, "http://e", "k"],
  ["the environment's key at the profile's address", { apiKey: "k", config: current }, "http://localhost:3000", "k"],
  [
    "the profile's key at the same address from the environment",
    { url: "http://localhost:3000/", config: current },
    "http://localhost:3000/",
    "key-local",
  ],
  ["the current profile", { config: current }, "http://localhost:3000", "key-local"],
  [
    "the profile of -p over the current one",
    { config: current, profileName: "other" },
    "https://other.example",
    "key-other",
  ],
  ["the current profile over the demo", { config: current, demo: () => demo }, "http://localhost:3000", "key-local"],
  ["the demo when nothing else is there", { demo: () => demo }, "http://localhost:3001", "key-demo"],
  ["empty variables are as if unset", { url: "", apiKey: "", config: current }, "http://localhost:3000", "key-local"],
])("goes to: %s", (_name, more, url, apiKey) => {
  expect(chooseConnection(facts(more))).toMatchObject({ url, apiKey });
});

test("says so when it uses the demo, or when the environment overrides -p", () => {
  expect(chooseConnection(facts({ demo: () => demo })).note).toContain("demo");
  expect(chooseConnection(facts({ profileName: "other", apiKey: "k" })).note).toContain("overrides");
  expect(chooseConnection(facts({ config: current })).note).toBeNull();
});

test.each<[string, Partial<ConnectionFacts>, number]>([
  ["nothing is known", {}, 4],
  ["an address without a key, even beside a demo", { url: "http://e", demo: () => demo }, 4],
  ["a key without an address, even beside a demo", { apiKey: "k", demo: () => demo }, 4],
  ["the stored key would go to another address", { url: "https://evil.example", config: current }, 4],
  ["the stored key would go to another port", { url: "http://localhost:4000", config: current }, 4],
  ["the stored key would go out without TLS", { url: "http://other.example", profileName: "other" }, 4],
  ["-p names no profile", { profileName: "nope" }, 2],
  ["-p names what every object has", { profileName: "constructor" }, 2],
])("refuses: %s", (_name, more, exitCode) => {
  expect(() => chooseConnection(facts(more))).toThrow(expect.objectContaining({ exitCode }) as Error);
});
