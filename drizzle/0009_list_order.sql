DROP INDEX "mutation_grants_workspace";--> statement-breakpoint
DROP INDEX "runs_list";--> statement-breakpoint
DROP INDEX "runs_list_filtered";--> statement-breakpoint
DROP INDEX "runs_list_status";--> statement-breakpoint
DROP INDEX "runs_replays";--> statement-breakpoint
DROP INDEX "runs_quota";--> statement-breakpoint
DROP INDEX "runs_lineage";--> statement-breakpoint
DROP INDEX "runs_batch";--> statement-breakpoint
DROP INDEX "runs_backlog";--> statement-breakpoint
DROP INDEX "api_keys_workspace";--> statement-breakpoint
DROP INDEX "audit_events_workspace";--> statement-breakpoint
DROP INDEX "invitations_workspace";--> statement-breakpoint
CREATE INDEX "mutation_grants_workspace" ON "mutation_grants" USING btree ("workspace_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "runs_list" ON "runs" USING btree ("workspace_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "runs_list_filtered" ON "runs" USING btree ("workspace_id","workflow_id","status","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "runs_list_status" ON "runs" USING btree ("workspace_id","status","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "runs_replays" ON "runs" USING btree ("workspace_id","replay_of","created_at" DESC NULLS FIRST) WHERE "runs"."replay_of" is not null;--> statement-breakpoint
CREATE INDEX "runs_quota" ON "runs" USING btree ("workspace_id","created_at" DESC NULLS FIRST) WHERE "runs"."replay_of" is not null and "runs"."parent_run" is null;--> statement-breakpoint
CREATE INDEX "runs_lineage" ON "runs" USING btree ("workspace_id","root_run","created_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "runs_batch" ON "runs" USING btree ("workspace_id","batch_id","created_at" DESC NULLS FIRST) WHERE "runs"."batch_id" is not null;--> statement-breakpoint
CREATE INDEX "runs_backlog" ON "runs" USING btree ("workspace_id","priority" DESC NULLS FIRST,"created_at","id") WHERE "runs"."status" = 'pending' and "runs"."admitted_at" is null;--> statement-breakpoint
CREATE INDEX "api_keys_workspace" ON "api_keys" USING btree ("workspace_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "audit_events_workspace" ON "audit_events" USING btree ("workspace_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "invitations_workspace" ON "invitations" USING btree ("workspace_id","created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);