"use client";

import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { Button } from "#/components/ui/button.tsx";
import { Field } from "#/components/ui/field.tsx";
import { Input } from "#/components/ui/input.tsx";
import { Popover, PopoverContent, PopoverTrigger } from "#/components/ui/popover.tsx";
import { mostPayloadFilters, type PayloadFilter, payloadFilterOf } from "#/lib/contract/payload-path.ts";
import { filterFaceClass } from "./filter-menu.tsx";
import type { RunListQuery } from "./run-list-query.ts";

type Choice = Pick<RunListQuery, "tag" | "version" | "payload">;

/** The filters that are typed in: a tag, the version of a workflow, and fields of the payload. */
export function MoreFilters({ value, onChange }: { value: Choice; onChange: (value: Choice) => void }) {
  const [isOpen, setOpen] = useState(false);
  const fields = Object.entries(value.payload).map(([field, text]) => `${field.replace(/^payload\./, "")}=${text}`);
  const tags = value.tag.map((tag) => `tag ${tag}`);
  const face = [...tags, value.version && `v${value.version}`, ...fields].filter(Boolean);
  return (
    <Popover open={isOpen} onOpenChange={setOpen}>
      <PopoverTrigger className={filterFaceClass(face.length > 0)}>
        Tag, version, payload
        {face.length > 0 ? <span className="min-w-0 truncate font-medium">{face.join(", ")}</span> : null}
        <ChevronDown aria-hidden className="size-3.5 shrink-0" />
      </PopoverTrigger>
      <PopoverContent aria-label="Filter by tag, version or payload" className="w-64">
        <MoreFiltersForm
          value={value}
          fields={fields}
          onApply={(choice) => {
            setOpen(false);
            onChange(choice);
          }}
        />
      </PopoverContent>
    </Popover>
  );
}

function MoreFiltersForm({
  value,
  fields,
  onApply,
}: {
  value: Choice;
  fields: string[];
  onApply: (value: Choice) => void;
}) {
  const [faulty, setFaulty] = useState<number | null>(null);
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const typed = form.getAll("payload").map((text) => readField(String(text)));
        const fault = typed.indexOf(null);
        setFaulty(fault === -1 ? null : fault);
        if (fault !== -1) return;
        const version = Number(form.get("version"));
        onApply({
          tag: form.getAll("tag").flatMap((tag) => String(tag).trim() || []),
          version: version > 0 ? Math.trunc(version) : null,
          payload: Object.assign({}, ...typed) as PayloadFilter,
        });
      }}
    >
      {[...value.tag, ""].map((tag, index) => (
        <Field key={tag} label={index === 0 ? "Tag" : "Or tag"} hint={index === 0 ? "The exact tag" : undefined}>
          {(control) => <Input {...control} name="tag" maxLength={128} defaultValue={tag} />}
        </Field>
      ))}
      <Field label="Workflow version">
        {(control) => (
          <Input
            {...control}
            name="version"
            type="number"
            min={1}
            max={2147483647}
            defaultValue={value.version ?? ""}
          />
        )}
      </Field>
      {[...fields, ""].slice(0, mostPayloadFilters).map((field, index) => (
        <Field
          key={field}
          label={index === 0 ? "Payload field" : `Payload field ${index + 1}`}
          hint={index === 0 ? "Path and exact value: ticketId=T-17" : undefined}
          error={faulty === index ? "Write PATH=VALUE, such as items[0].sku=A" : undefined}
        >
          {(control) => (
            <Input
              {...control}
              name="payload"
              maxLength={530}
              spellCheck={false}
              defaultValue={field}
              className="font-mono"
            />
          )}
        </Field>
      ))}
      <div className="flex justify-end">
        <Button type="submit">Apply</Button>
      </div>
    </form>
  );
}

/** No fields for an empty text, null for a text that is no field; the name may also be written as in the address. */
function readField(text: string): PayloadFilter | null {
  if (text.trim() === "") return {};
  const typed = payloadFilterOf(text.trim().replace(/^payload\./, ""));
  return typed && { [typed.field]: typed.value };
}
