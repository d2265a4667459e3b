import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { resumeRunEndpoint } from "#/lib/api/routes/runs.ts";
import { resumeRun } from "#/lib/runs/resume-run.ts";

const resume = route(resumeRunEndpoint)(async ({ ctx, params }) => ok(await resumeRun(ctx, params.id)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(resume);
