import { z } from "zod";

/** Member roles, weakest first; each includes the ones before it. */
export const roles = ["viewer", "operator", "admin", "owner"] as const;
export const Role = z.enum(roles).meta({ id: "Role" });
export type Role = z.infer<typeof Role>;

/** API key scopes. `admin` is the workspace's administration, `account` the account's. */
export const scopes = [
  "runs:read",
  "runs:write",
  "replays:write",
  "workflows:write",
  "ingest",
  "admin",
  "account",
] as const;
export const Scope = z.enum(scopes).meta({ id: "Scope" });
export type Scope = z.infer<typeof Scope>;
