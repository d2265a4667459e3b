"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage, type Refusal } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Checkbox } from "#/components/ui/checkbox.tsx";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { Field } from "#/components/ui/field.tsx";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import { Select } from "#/components/ui/select.tsx";
import { TextAreaField, TextField } from "#/components/ui/text-field.tsx";
import type { CreateToolRequest } from "#/lib/contract/tool.ts";
import { HeaderField } from "./header-field.tsx";
import { emptyHttpTool, type HttpToolDraft, judgementOf, readHttpTool } from "./http-tool-draft.ts";
import { Judgement } from "./judgement.tsx";

type Props = { methods: readonly string[]; add: ServerAction<CreateToolRequest> };

/** Adds an HTTP tool that every workflow may use by name. */
export function AddHttpTool({ denied, ...props }: Props & { denied: string | null }) {
  return (
    <DialogButton
      disabledReason={denied}
      draft="new HTTP tool"
      dialog={(close) => <AddHttpToolForm {...props} onDone={close} />}
    >
      <Plus aria-hidden />
      Add HTTP tool
    </DialogButton>
  );
}

function AddHttpToolForm({ methods, add, onDone }: Props & { onDone: () => void }) {
  const [draft, setDraft] = useDraft("tool", emptyHttpTool);
  const [wasTried, setTried] = useState(false);
  const { run, isBusy, refusal, clear } = useServerAction(add);
  const { request, faults } = readHttpTool(draft);
  const missing = draft.name === "" || draft.url === "" ? "Enter a name and a URL." : null;
  const submit = () => {
    setTried(true);
    if (Object.keys(faults).length > 0) return clear();
    run(request, () => {
      onDone();
      toast.success("Tool added", { description: request.name });
    });
  };
  return (
    <FormDialog
      title="Add HTTP tool"
      description="Definitions in this workspace call it by name. It cannot be edited later: delete it and add it again."
      submitLabel="Add tool"
      busy={isBusy}
      disabledReason={missing}
      onSubmit={submit}
    >
      <RequestFields
        draft={draft}
        set={(part) => setDraft((old) => ({ ...old, ...part }))}
        methods={methods}
        errorOf={errorsOf(refusal, wasTried ? faults : {})}
      />
      <RefusalCallout
        refusal={refusal}
        shown={["name", "description", "http.method", "http.url", ...partsWithin(refusal)]}
      />
    </FormDialog>
  );
}

type ErrorOf = (field: keyof HttpToolDraft) => string | undefined;

const pathOf: Partial<Record<keyof HttpToolDraft, string>> = {
  method: "http.method",
  url: "http.url",
  headers: "http.headers",
  query: "http.query",
  body: "http.body",
};

function errorsOf(refusal: Refusal | null, faults: Partial<Record<string, string>>): ErrorOf {
  return (field) => faults[field] ?? fieldMessage(refusal, pathOf[field] ?? field);
}

/** What a refusal says about a place inside these fields is shown at the field, too. */
function partsWithin(refusal: Refusal | null): string[] {
  const within = /^(http\.(headers|query|body)|input)(?=[.[]|$)/;
  return (refusal?.fields ?? []).map(({ path }) => path.replace(/^body\./, "")).filter((path) => within.test(path));
}

function RequestFields({
  draft,
  set,
  methods,
  errorOf,
}: {
  draft: HttpToolDraft;
  set: (part: Partial<HttpToolDraft>) => void;
  methods: readonly string[];
  errorOf: ErrorOf;
}) {
  return (
    <>
      <TextField
        label="Name"
        mono
        maxLength={64}
        hint="Definitions refer to it as use: NAME."
        value={draft.name}
        onText={(name) => set({ name })}
        error={errorOf("name")}
      />
      <TextAreaField
        label="Description"
        rows={2}
        className="[&_textarea]:min-h-0"
        spellCheck
        maxLength={4000}
        hint="What agents are told about it."
        value={draft.description}
        onText={(description) => set({ description })}
        error={errorOf("description")}
      />
      <div className="flex flex-wrap gap-3">
        <Field label="Method" className="w-28" error={errorOf("method")}>
          {(control) => (
            <Select
              {...control}
              value={draft.method}
              onValueChange={(method) => set({ method })}
              options={methods.map((method) => ({ value: method, label: method }))}
            />
          )}
        </Field>
        <TextField
          label="URL"
          className="grow basis-64"
          mono
          maxLength={4096}
          placeholder="https://api.example.com/orders/{{ args.id }}"
          value={draft.url}
          onText={(url) => set({ url })}
          error={errorOf("url")}
        />
      </div>
      <div role="status" className="flex flex-wrap items-center gap-1.5">
        <span className="text-sm text-ink-muted">Its calls will be</span>
        <Judgement {...judgementOf(draft)} />
      </div>
      <Checkbox
        checked={draft.isMutating}
        onCheckedChange={(isMutating) => set({ isMutating })}
        label="Mutating regardless of its method: replays dry-run it"
      />
      <TextAreaField
        label="Query"
        mono
        rows={2}
        className="[&_textarea]:min-h-0"
        placeholder="limit: {{ args.limit }}"
        hint="One name: value per line. Values are encoded."
        value={draft.query}
        onText={(query) => set({ query })}
        error={errorOf("query")}
      />
      <HeaderField
        placeholder="Authorization: Bearer {{ env.ORDERS_TOKEN }}"
        value={draft.headers}
        onText={(headers) => set({ headers })}
        hint="Write secrets as {{ env.NAME }}: a tool's definition is not secret."
        error={errorOf("headers")}
      />
      <TextAreaField
        label="Body"
        mono
        rows={3}
        className="[&_textarea]:min-h-0"
        placeholder={'{ "amount": "{{ args.amount }}" }'}
        hint="JSON with templates inside its strings, or text."
        value={draft.body}
        onText={(body) => set({ body })}
        error={errorOf("body")}
      />
      <TextAreaField
        label="Input schema"
        mono
        rows={4}
        placeholder={'{ "type": "object", "properties": { "id": { "type": "string" } }, "required": ["id"] }'}
        hint="JSON Schema of its arguments. Agents see it, and every call is validated against it."
        value={draft.input}
        onText={(input) => set({ input })}
        error={errorOf("input")}
      />
    </>
  );
}
