CREATE TABLE "run_logs" (
	"run_id" text NOT NULL,
	"workspace_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"span_id" text NOT NULL,
	"node_id" text NOT NULL,
	"level" text NOT NULL,
	"message" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"data" json DEFAULT '{}'::json NOT NULL,
	CONSTRAINT "run_logs_run_id_seq_pk" PRIMARY KEY("run_id","seq"),
	CONSTRAINT "run_logs_level" CHECK ("run_logs"."level" in ('debug', 'info', 'warn', 'error'))
);
--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "retention_days" integer;--> statement-breakpoint
ALTER TABLE "run_logs" ADD CONSTRAINT "run_logs_workspace_id_run_id_runs_workspace_id_id_fk" FOREIGN KEY ("workspace_id","run_id") REFERENCES "public"."runs"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "runs_aged" ON "runs" USING btree ("workspace_id","finished_at") WHERE "runs"."finished_at" is not null;--> statement-breakpoint
CREATE INDEX "spans_reused" ON "spans" USING btree ("reused_run") WHERE "spans"."reused_run" is not null;--> statement-breakpoint
ALTER TABLE "workspaces" ADD CONSTRAINT "workspaces_retention_days" CHECK ("workspaces"."retention_days" > 0);