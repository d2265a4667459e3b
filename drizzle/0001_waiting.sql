CREATE TABLE "approvals" (
	"span_id" text PRIMARY KEY NOT NULL,
	"decision" text NOT NULL,
	"comment" text,
	"decided_by" text,
	"decided_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
DROP INDEX "runs_quota";--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "gated" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "nesting" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "ttl_ms" bigint;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "due_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "spans" ADD COLUMN "wake_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_span_id_spans_id_fk" FOREIGN KEY ("span_id") REFERENCES "public"."spans"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "runs_due" ON "runs" USING btree ("due_at") WHERE "runs"."due_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "runs_child_of_span" ON "runs" USING btree ("parent_span") WHERE "runs"."parent_span" is not null;--> statement-breakpoint
CREATE INDEX "runs_quota" ON "runs" USING btree ("workspace_id","created_at" DESC NULLS LAST) WHERE "runs"."replay_of" is not null and "runs"."parent_run" is null;