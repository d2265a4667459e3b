"use client";

import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { Button } from "#/components/ui/button.tsx";
import { Field } from "#/components/ui/field.tsx";
import { Input } from "#/components/ui/input.tsx";
import { Popover, PopoverContent, PopoverTrigger } from "#/components/ui/popover.tsx";
import { filterFaceClass } from "./filter-menu.tsx";
import type { RunListQuery } from "./run-list-query.ts";

type Choice = Pick<RunListQuery, "tag" | "version">;

/** The filters that are typed: a tag, and the version of a workflow. */
export function MoreFilters({ value, onChange }: { value: Choice; onChange: (value: Choice) => void }) {
  const [isOpen, setOpen] = useState(false);
  const face = [value.tag && `tag ${value.tag}`, value.version && `v${value.version}`].filter(Boolean).join(", ");
  return (
    <Popover open={isOpen} onOpenChange={setOpen}>
      <PopoverTrigger className={filterFaceClass(face !== "")}>
        Tag, version
        {face ? <span className="truncate font-medium">{face}</span> : null}
        <ChevronDown aria-hidden className="size-3.5 shrink-0" />
      </PopoverTrigger>
      <PopoverContent aria-label="Filter by tag or version" className="w-60">
        <form
          className="flex flex-col gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            const form = new FormData(event.currentTarget);
            const version = Number(form.get("version"));
            setOpen(false);
            onChange({
              tag: String(form.get("tag")).trim() || null,
              version: version > 0 ? Math.trunc(version) : null,
            });
          }}
        >
          <Field label="Tag" hint="The exact tag">
            {(control) => <Input {...control} name="tag" maxLength={128} defaultValue={value.tag ?? ""} />}
          </Field>
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
          <div className="flex justify-end">
            <Button type="submit">Apply</Button>
          </div>
        </form>
      </PopoverContent>
    </Popover>
  );
}
