export const inspectorTabs = [
  "overview",
  "messages",
  "input",
  "output",
  "prompt",
  "attempts",
  "logs",
  "events",
  "attributes",
] as const;
export type InspectorTab = (typeof inspectorTabs)[number];

export const inspectorTabNames: Record<InspectorTab, string> = {
  overview: "Overview",
  messages: "Messages",
  input: "Input",
  output: "Output",
  prompt: "Prompt",
  attempts: "Attempts",
  logs: "Logs",
  events: "Events",
  attributes: "Attributes",
};
