import { pageOf, PageQuery } from "#/lib/contract/page.ts";
import { CreateScheduleRequest, Schedule, UpdateScheduleRequest } from "#/lib/contract/schedule.ts";
import { changeSchedule, createSchedule, deleteSchedule } from "#/lib/schedules/change-schedules.ts";
import { getSchedule, listSchedules } from "#/lib/schedules/list-schedules.ts";
import { created, noContent, ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { readPage } from "../pagination.ts";
import { ById } from "./path-params.ts";

const tag = "Schedules";

export const scheduleOperations = [
  operation({
    method: "GET",
    path: "/schedules",
    id: "listSchedules",
    tag,
    summary: "List schedules with their next times, newest first",
    action: "schedule:read",
    query: PageQuery,
    answers: { 200: pageOf(Schedule) },
    handle: async ({ ctx, query }) =>
      ok(await readPage(ctx, { list: "schedules", filter: {} }, query, (slice) => listSchedules(ctx, slice))),
  }),
  operation({
    method: "POST",
    path: "/schedules",
    id: "createSchedule",
    tag,
    summary: "Start runs of a workflow by a cron expression; each tick makes exactly one",
    action: "schedule:write",
    body: CreateScheduleRequest,
    answers: { 201: Schedule },
    errors: ["not_found", "in_use"],
    handle: async ({ ctx, body }) => created(await createSchedule(ctx, body)),
  }),
  operation({
    method: "GET",
    path: "/schedules/{id}",
    id: "getSchedule",
    tag,
    summary: "Read a schedule with its next times",
    action: "schedule:read",
    params: ById,
    answers: { 200: Schedule },
    errors: ["not_found"],
    handle: async ({ ctx, params }) => ok(await getSchedule(ctx, params.id)),
  }),
  operation({
    method: "PATCH",
    path: "/schedules/{id}",
    id: "updateSchedule",
    tag,
    summary: "Change a schedule, disable it or enable it",
    action: "schedule:write",
    params: ById,
    body: UpdateScheduleRequest,
    answers: { 200: Schedule },
    errors: ["not_found"],
    handle: async ({ ctx, params, body }) => ok(await changeSchedule(ctx, params.id, body)),
  }),
  operation({
    method: "DELETE",
    path: "/schedules/{id}",
    id: "deleteSchedule",
    tag,
    summary: "Delete a schedule; the runs that it started stay",
    action: "schedule:write",
    params: ById,
    answers: { 204: null },
    errors: ["not_found"],
    handle: async ({ ctx, params }) => {
      await deleteSchedule(ctx, params.id);
      return noContent;
    },
  }),
];
