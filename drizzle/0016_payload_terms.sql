CREATE TABLE "run_payload_terms" (
	"run_id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"terms" uuid[] NOT NULL
);
--> statement-breakpoint
ALTER TABLE "run_payload_terms" ADD CONSTRAINT "run_payload_terms_workspace_id_run_id_runs_workspace_id_id_fk" FOREIGN KEY ("workspace_id","run_id") REFERENCES "public"."runs"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "run_payload_terms_terms" ON "run_payload_terms" USING gin ("terms");