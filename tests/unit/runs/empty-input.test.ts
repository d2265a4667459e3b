import { expect, test } from "vitest";
import { openingMessages } from "#/lib/runs/model-step.ts";

const scope = { trigger: { text: "", blank: " \n\t", word: "Hi", none: null }, nodes: {}, env: {}, run: {} };
const session = { overrides: { prompt: null, model: null, nodeIds: null, nodeMapping: {} }, prompts: new Map() };
const opening = (prompt: string, input?: unknown) => {
  const node = {
    id: "classify",
    type: "model",
    model: "a:b",
    prompt: { text: prompt },
    ...(input !== undefined && { input }),
  };
  return openingMessages(session as never, node as never, scope as never);
};

test.each([
  ["an empty input", "Classify.", "", "input"],
  ["a template of an empty text", "Classify.", "{{ trigger.text }}", "input"],
  ["blanks", "Classify.", "{{ trigger.blank }}", "input"],
  ["an empty prompt without an input", "{{ trigger.text }}", undefined, "prompt"],
])("%s fails before the call and names the node", (_, prompt, input, from) => {
  expect(() => opening(prompt, input)).toThrow(`The ${from} of the node classify is an empty text`);
});

test("what is not empty is sent as it is, blanks around it included; null and an empty list are said as JSON", () => {
  const text = (input: unknown) => opening("Classify.", input).messages[0]?.parts[0];
  expect(text(" {{ trigger.word }}\n")).toMatchObject({ text: " Hi\n" });
  expect(text("{{ trigger.none }}")).toMatchObject({ text: "null" });
  expect(text([])).toMatchObject({ text: "[]" });
});

test("a prompt that is empty is no system text, and the input is still asked", () => {
  expect(opening("", "Hi")).toMatchObject({ system: "", messages: [{ parts: [{ text: "Hi" }] }] });
});
