"use client";

import { useMemo } from "react";
import { versionQuery } from "#/components/data/workspace-reads.ts";
import { useRead } from "#/components/data/use-read.ts";
import { titlesOf, versionNodes } from "./version-nodes.ts";

const none: ReadonlyMap<string, string> = new Map();

/** Titles of a version's nodes by id; empty until they are known. After a failure the ids are shown. */
export function useNodeTitles(
  workspaceSlug: string,
  workflow: string,
  version: number | null,
): ReadonlyMap<string, string> {
  const read = useRead(versionQuery(workspaceSlug, workflow, version ?? 0), version !== null);
  const definition = read.data?.definition ?? null;
  return useMemo(() => (definition === null ? none : titlesOf(versionNodes(definition))), [definition]);
}
