import { describe, expect, test } from "vitest";
import { decideModel, matchModelIdAndRef, modelRefusalMessage } from "#/lib/models/allowlist.ts";
import { builtInCatalogue, type CatalogueEntry, workspaceCatalogue } from "#/lib/models/catalogue.ts";

const opus = "anthropic:claude-opus-4-7";
const entry = (ref: string, extra: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  ref,
  id: ref.slice(ref.indexOf(":") + 1),
  provider: ref.slice(0, ref.indexOf(":")),
  name: ref,
  ...extra,
});
const catalogue = [
  entry(opus),
  entry("openai:gpt-6-luna"),
  entry("openai:gpt-old", { retired: true }),
  entry("acme:café"),
  entry("local:ft:tuned:1"),
];
type Lists = { models?: string[] | null; providers?: string[] | null };
const level = ({ models = null, providers = null }: Lists) => ({ allowedModels: models, allowedProviders: providers });
const decide = (ref: string, account: Lists = {}, workspace: Lists = {}) =>
  decideModel({ ref, catalogue, account: level(account), workspace: level(workspace) });

describe("a model may be called exactly when the catalogue and both levels say so", () => {
  const cases: [string, string, Lists, Lists, "allowed" | "model_not_available" | "provider_blocked"][] = [
    ["no lists at all", opus, {}, {}, "allowed"],
    ["listed on both levels", opus, { models: [opus], providers: ["anthropic"] }, { models: [opus] }, "allowed"],
    ["an id with colons", "local:ft:tuned:1", { providers: ["local"] }, { models: ["local:ft:tuned:1"] }, "allowed"],
    ["not in the catalogue", "anthropic:claude-none", {}, {}, "model_not_available"],
    ["not in the catalogue although listed", "x:y", { models: ["x:y"] }, { models: ["x:y"] }, "model_not_available"],
    ["not in the catalogue, provider not listed", "x:y", { providers: [] }, {}, "model_not_available"],
    ["the empty ref", "", {}, {}, "model_not_available"],
    ["an id in place of a ref", "claude-opus-4-7", {}, {}, "model_not_available"],
    ["a name of Object.prototype", "__proto__", {}, {}, "model_not_available"],
    ["retired", "openai:gpt-old", {}, {}, "model_not_available"],
    ["retired although listed", "openai:gpt-old", { models: ["openai:gpt-old"] }, {}, "model_not_available"],
    ["retired and its provider blocked", "openai:gpt-old", {}, { providers: ["anthropic"] }, "provider_blocked"],
    ["not listed and its provider blocked", opus, { models: [] }, { providers: [] }, "provider_blocked"],
    ["empty provider list of the account", opus, { providers: [] }, {}, "provider_blocked"],
    ["empty provider list of the workspace", opus, {}, { providers: [] }, "provider_blocked"],
    ["empty model list of the account", opus, { models: [] }, {}, "model_not_available"],
    ["empty model list of the workspace", opus, {}, { models: [] }, "model_not_available"],
    ["allowed by the account only", opus, { models: [opus] }, { models: ["openai:gpt-6-luna"] }, "model_not_available"],
    [
      "allowed by the workspace only",
      opus,
      { providers: ["openai"] },
      { providers: ["anthropic"] },
      "provider_blocked",
    ],
    ["another case of the ref", "Anthropic:claude-opus-4-7", {}, {}, "model_not_available"],
    ["another case in the model list", opus, {}, { models: ["anthropic:Claude-Opus-4-7"] }, "model_not_available"],
    ["another case in the provider list", opus, {}, { providers: ["Anthropic"] }, "provider_blocked"],
    ["a space before the ref", ` ${opus}`, {}, {}, "model_not_available"],
    ["a space in the provider list", opus, {}, { providers: ["anthropic "] }, "provider_blocked"],
    ["a zero-width space in the list", opus, {}, { models: [`${opus}\u200b`] }, "model_not_available"],
    ["a Cyrillic look-alike", "anthropic:cl\u0430ude-opus-4-7", {}, {}, "model_not_available"],
    ["the id alone in the list", opus, {}, { models: ["claude-opus-4-7"] }, "model_not_available"],
    ["a prefix in the list", opus, {}, { models: ["anthropic:claude-opus"] }, "model_not_available"],
    ["a star in the list", opus, {}, { models: ["anthropic:*"] }, "model_not_available"],
    ["the same text in NFC", "acme:caf\u00e9", {}, { models: ["acme:caf\u00e9"] }, "allowed"],
    ["NFD against NFC in the list", "acme:caf\u00e9", {}, { models: ["acme:cafe\u0301"] }, "model_not_available"],
    ["NFD against NFC in the catalogue", "acme:cafe\u0301", {}, {}, "model_not_available"],
  ];
  test.each(cases)("%s", (_name, ref, account, workspace, expected) => {
    const decision = decide(ref, account, workspace);
    expect(decision.allowed ? "allowed" : decision.code).toBe(expected);
  });

  test("the levels cannot widen one another: allowed = allowed by each alone, for every pair of lists", () => {
    const lists: Lists[] = [];
    for (const models of [null, [], [opus], ["openai:gpt-6-luna"]])
      for (const providers of [null, [], ["anthropic"], ["openai"]]) lists.push({ models, providers });
    for (const account of lists)
      for (const workspace of lists)
        expect(decide(opus, account, workspace).allowed).toBe(
          decide(opus, account).allowed && decide(opus, {}, workspace).allowed,
        );
  });

  test("a refusal says which level and what", () => {
    expect(decide(opus, { providers: [] })).toMatchObject({
      because: "Its provider is not in the account's allowed providers.",
    });
    expect(decide(opus, {}, { models: [] })).toMatchObject({ because: "It is not in the workspace's allowed models." });
    expect(decide("openai:gpt-old")).toMatchObject({ because: "It is retired." });
  });
});

test("refusal messages are the product's, letter for letter", () => {
  expect(modelRefusalMessage("model_not_available")).toBe(
    "This model is not available for this workspace. Pick an allowed model, or update the workspace policy.",
  );
  expect(modelRefusalMessage("provider_blocked")).toBe(
    "This model provider is blocked by the workspace policy. Pick a model from an allowed provider, or update the policy.",
  );
});

describe("model id and ref must name the same model", () => {
  test.each([
    ["claude-opus-4-7", opus, "ok"],
    ["ft:tuned:1", "local:ft:tuned:1", "ok"],
    ["unknown", "anthropic:unknown", "ok"],
    ["claude-opus-4-7", "openai:gpt-6-luna", "model_ref_mismatch"],
    ["Claude-opus-4-7", opus, "model_ref_mismatch"],
    [" claude-opus-4-7", opus, "model_ref_mismatch"],
    [opus, opus, "model_ref_mismatch"],
    ["claude-opus-4-7", "claude-opus-4-7", "model_ref_mismatch"],
    ["claude-opus-4-7", ":claude-opus-4-7", "model_ref_mismatch"],
    ["", "anthropic:", "model_ref_mismatch"],
    ["caf\u00e9", "acme:cafe\u0301", "model_ref_mismatch"],
  ] as const)("%j with %j: %s", (id, ref, expected) => {
    expect(matchModelIdAndRef(id, ref, catalogue)).toBe(expected);
  });
});

describe("the catalogue of a workspace", () => {
  const at = new Date("2026-11-21T00:00:00Z");
  const row = { modelId: "claude-opus-4-7", provider: "anthropic", name: "Opus", price: null };

  test("refs are unique and spell provider and id", () => {
    const refs = builtInCatalogue(at).map((model) => model.ref);
    expect(new Set(refs).size).toBe(refs.length);
    for (const model of builtInCatalogue(at)) expect(model.ref).toBe(`${model.provider}:${model.id}`);
    expect(refs).toEqual(expect.arrayContaining([opus, "anthropic:claude-haiku-4-5", "openai:gpt-6.1-terra"]));
  });

  test("a model is retired from the day on which its provider ends it, whatever the workspace says", () => {
    const sonnet = "anthropic:claude-sonnet-4-5";
    const restored = { ...row, ref: sonnet, modelId: "claude-sonnet-4-5", retiredAt: null };
    const retiredOn = (day: string) =>
      workspaceCatalogue([restored], new Date(day)).find((m) => m.ref === sonnet)?.retired;
    expect(retiredOn("2026-11-29T23:59:59.999Z")).toBe(false);
    expect(retiredOn("2026-11-30T00:00:00Z")).toBe(true);
  });

  test("a workspace retires a built-in model for itself and adds models of its own", () => {
    const rows = [
      { ...row, ref: opus, retiredAt: at },
      { ...row, ref: "acme:own", modelId: "own", provider: "acme", retiredAt: null },
    ];
    const merged = workspaceCatalogue(rows, at);
    expect(merged.find((model) => model.ref === opus)).toMatchObject({ retired: true, maxOutputTokens: 128_000 });
    expect(merged.find((model) => model.ref === "acme:own")).toMatchObject({ id: "own", retired: false });
    expect(builtInCatalogue(at).find((model) => model.ref === opus)?.retired).toBe(false);
  });
});
