CREATE TABLE "schedules" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"workflow_id" text NOT NULL,
	"cron" text NOT NULL,
	"time_zone" text NOT NULL,
	"payload" json,
	"environment" text NOT NULL,
	"enabled" boolean NOT NULL,
	"catch_up" boolean NOT NULL,
	"next_at" timestamp (3) with time zone,
	"last_at" timestamp (3) with time zone,
	"last_run" text,
	"last_error" json,
	"author" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "schedules_workspace_id_id" UNIQUE("workspace_id","id"),
	CONSTRAINT "schedules_disabled" CHECK ("schedules"."enabled" or "schedules"."next_at" is null)
);
--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "schedule_id" text;--> statement-breakpoint
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_workspace_id_workflow_id_workflows_workspace_id_id_fk" FOREIGN KEY ("workspace_id","workflow_id") REFERENCES "public"."workflows"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "schedules_list" ON "schedules" USING btree ("workspace_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "schedules_due" ON "schedules" USING btree ("next_at") WHERE "schedules"."next_at" is not null;--> statement-breakpoint
CREATE INDEX "runs_schedule" ON "runs" USING btree ("workspace_id","schedule_id","created_at" DESC NULLS FIRST) WHERE "runs"."schedule_id" is not null;