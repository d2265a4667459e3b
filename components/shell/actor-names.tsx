"use client";

import { createContext, type ReactNode, useContext } from "react";
import { ActorName } from "./actor-name.tsx";

const Names = createContext<Record<string, string>>({});

/** The names that a page knows by actor id, for everything below it. */
export function ActorNames({ names, children }: { names: Record<string, string>; children: ReactNode }) {
  return <Names value={names}>{children}</Names>;
}

/** Who did something, by the names that the page knows. */
export function KnownActor({ id }: { id: string }) {
  return <ActorName id={id} names={useContext(Names)} />;
}
