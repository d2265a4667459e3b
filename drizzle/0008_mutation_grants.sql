CREATE TABLE "mutation_grants" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"workflow_id" text NOT NULL,
	"node_ids" text[] NOT NULL,
	"reason" text NOT NULL,
	"granted_by" text,
	"created_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"needs_approval" boolean NOT NULL,
	"approved_by" text,
	"approved_at" timestamp (3) with time zone,
	"revoked_by" text,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "mutation_grants_nodes" CHECK (cardinality("mutation_grants"."node_ids") > 0),
	CONSTRAINT "mutation_grants_two_persons" CHECK ("mutation_grants"."approved_by" <> "mutation_grants"."granted_by")
);
--> statement-breakpoint
ALTER TABLE "spans" ADD COLUMN "effect_grant" text;--> statement-breakpoint
ALTER TABLE "mutation_grants" ADD CONSTRAINT "mutation_grants_granted_by_users_id_fk" FOREIGN KEY ("granted_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mutation_grants" ADD CONSTRAINT "mutation_grants_approved_by_users_id_fk" FOREIGN KEY ("approved_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mutation_grants" ADD CONSTRAINT "mutation_grants_revoked_by_users_id_fk" FOREIGN KEY ("revoked_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mutation_grants" ADD CONSTRAINT "mutation_grants_workspace_id_workflow_id_workflows_workspace_id_id_fk" FOREIGN KEY ("workspace_id","workflow_id") REFERENCES "public"."workflows"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "mutation_grants_workspace" ON "mutation_grants" USING btree ("workspace_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "mutation_grants_workflow" ON "mutation_grants" USING btree ("workflow_id","until");