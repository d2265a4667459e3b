CREATE TABLE "replay_batch_items" (
	"batch_id" text NOT NULL,
	"workspace_id" text NOT NULL,
	"position" integer NOT NULL,
	"run_id" text NOT NULL,
	"status" text DEFAULT 'queued' NOT NULL,
	"code" text,
	"message" text,
	"new_run_id" text,
	"submitted_at" timestamp (3) with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "replay_batch_items_batch_id_position_pk" PRIMARY KEY("batch_id","position"),
	CONSTRAINT "replay_batch_items_run" UNIQUE("batch_id","run_id"),
	CONSTRAINT "replay_batch_items_status" CHECK ("replay_batch_items"."status" in ('queued', 'submitted', 'refused', 'skipped', 'aborted')),
	CONSTRAINT "replay_batch_items_outcome" CHECK (("replay_batch_items"."status" = 'submitted') = ("replay_batch_items"."new_run_id" is not null) and ("replay_batch_items"."status" = 'submitted') = ("replay_batch_items"."submitted_at" is not null)
        and ("replay_batch_items"."status" = 'refused') = ("replay_batch_items"."code" is not null))
);
--> statement-breakpoint
CREATE TABLE "replay_batches" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"name" text,
	"status" text NOT NULL,
	"status_reason" text,
	"request" json NOT NULL,
	"filter" json,
	"on_refusal" text NOT NULL,
	"max_cost_micros" bigint,
	"total" integer NOT NULL,
	"author" text,
	"actor" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"submitted_at" timestamp (3) with time zone,
	"next_at" timestamp (3) with time zone,
	CONSTRAINT "replay_batches_workspace_id_id" UNIQUE("workspace_id","id"),
	CONSTRAINT "replay_batches_status" CHECK ("replay_batches"."status" in ('running', 'paused', 'completed', 'aborted')),
	CONSTRAINT "replay_batches_status_reason" CHECK (("replay_batches"."status" = 'paused') = ("replay_batches"."status_reason" is not null)),
	CONSTRAINT "replay_batches_next" CHECK (("replay_batches"."status" = 'running') = ("replay_batches"."next_at" is not null)),
	CONSTRAINT "replay_batches_finished" CHECK (("replay_batches"."status" in ('completed', 'aborted')) = ("replay_batches"."finished_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "leases" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"until" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "batch_pace" integer DEFAULT 15 NOT NULL;--> statement-breakpoint
ALTER TABLE "replay_batch_items" ADD CONSTRAINT "replay_batch_items_workspace_id_batch_id_replay_batches_workspace_id_id_fk" FOREIGN KEY ("workspace_id","batch_id") REFERENCES "public"."replay_batches"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "replay_batches" ADD CONSTRAINT "replay_batches_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "replay_batch_items_status" ON "replay_batch_items" USING btree ("batch_id","status","position");--> statement-breakpoint
CREATE INDEX "replay_batch_items_pace" ON "replay_batch_items" USING btree ("workspace_id","submitted_at") WHERE "replay_batch_items"."submitted_at" is not null;--> statement-breakpoint
CREATE INDEX "replay_batches_list" ON "replay_batches" USING btree ("workspace_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "replay_batches_due" ON "replay_batches" USING btree ("next_at") WHERE "replay_batches"."status" = 'running';--> statement-breakpoint
CREATE INDEX "replay_batches_running" ON "replay_batches" USING btree ("workspace_id") WHERE "replay_batches"."status" = 'running';--> statement-breakpoint
ALTER TABLE "workspaces" ADD CONSTRAINT "workspaces_batch_pace" CHECK ("workspaces"."batch_pace" between 1 and 19);