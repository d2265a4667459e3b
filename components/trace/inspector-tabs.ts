export const inspectorTabs = ["overview", "messages", "input", "output", "attempts", "attributes"] as const;
export type InspectorTab = (typeof inspectorTabs)[number];

export const inspectorTabNames: Record<InspectorTab, string> = {
  overview: "Overview",
  messages: "Messages",
  input: "Input",
  output: "Output",
  attempts: "Attempts",
  attributes: "Attributes",
};
