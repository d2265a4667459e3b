"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#/components/ui/button.tsx";
import { Field } from "#/components/ui/field.tsx";
import { Input } from "#/components/ui/input.tsx";
import { Popover, PopoverContent, PopoverTrigger } from "#/components/ui/popover.tsx";
import { environmentPath, environmentPattern } from "./variable-query.ts";

/** Opens an environment by name; it exists as soon as it has a variable or a default TTL. */
export function NewEnvironment({ workspaceSlug }: { workspaceSlug: string }) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState("");
  const isValid = environmentPattern.test(name);
  return (
    <Popover open={isOpen} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <Button>Other environment</Button>
      </PopoverTrigger>
      <PopoverContent aria-label="Open another environment" align="end" className="w-72">
        <form
          className="flex flex-col gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (!isValid) return;
            setOpen(false);
            router.push(environmentPath(workspaceSlug, name));
          }}
        >
          <Field label="Environment" hint="Lowercase letters, digits, _ and -; for example staging">
            {(control) => (
              <Input
                {...control}
                mono
                autoComplete="off"
                maxLength={32}
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
              />
            )}
          </Field>
          <div className="flex justify-end">
            <Button type="submit" disabled={!isValid}>
              Open
            </Button>
          </div>
        </form>
      </PopoverContent>
    </Popover>
  );
}
