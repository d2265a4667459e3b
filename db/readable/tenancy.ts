import { QueryBuilder } from "drizzle-orm/pg-core";
import { members, users, workspaces } from "../schema/tenancy.ts";

const rows = new QueryBuilder();

/** Workspaces, for a statement of another domain. */
export const workspaceRows = <Alias extends string>(alias: Alias) => rows.select().from(workspaces).as(alias);

/** People by their names. */
export const userNames = <Alias extends string>(alias: Alias) =>
  rows.select({ id: users.id, name: users.name }).from(users).as(alias);

/** Who has which role where. */
export const memberRoles = <Alias extends string>(alias: Alias) =>
  rows.select({ workspaceId: members.workspaceId, userId: members.userId, role: members.role }).from(members).as(alias);
