DROP INDEX "runs_backlog";--> statement-breakpoint
DROP INDEX "runs_backlog_keyed";--> statement-breakpoint
DROP INDEX "runs_admitted";--> statement-breakpoint
ALTER TABLE "replay_batches" ADD COLUMN "queued" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "workflow_versions" ADD COLUMN "awaited" boolean DEFAULT true NOT NULL;--> statement-breakpoint
CREATE INDEX "runs_versionless" ON "runs" USING btree ("workspace_id","workflow_id","version","status_reason","created_at") WHERE "runs"."version_id" is null and "runs"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "runs_due_of_workspace" ON "runs" USING btree ("workspace_id","due_at") WHERE "runs"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "spans_steps" ON "spans" USING btree ("run_id") WHERE "spans"."parent_id" is null;--> statement-breakpoint
CREATE INDEX "workflow_versions_awaited" ON "workflow_versions" USING btree ("created_at") WHERE "workflow_versions"."awaited";--> statement-breakpoint
CREATE INDEX "runs_backlog" ON "runs" USING btree ("workspace_id","priority" DESC NULLS FIRST,"created_at","id") WHERE "runs"."status_reason" = 'queued' and "runs"."admitted_at" is null;--> statement-breakpoint
CREATE INDEX "runs_backlog_keyed" ON "runs" USING btree ("workspace_id","priority" DESC NULLS FIRST,"created_at","id") WHERE "runs"."status_reason" = 'queued' and "runs"."admitted_at" is null and "runs"."concurrency_key" is not null;--> statement-breakpoint
CREATE INDEX "runs_admitted" ON "runs" USING btree ("workspace_id","id") WHERE "runs"."admitted_at" is not null;--> statement-breakpoint
UPDATE "replay_batches" SET "queued" = (SELECT count(*) FROM "replay_batch_items" i WHERE i.batch_id = "replay_batches".id AND i.status = 'queued');
