CREATE TABLE "provider_circuits" (
	"workspace_id" text NOT NULL,
	"provider" text NOT NULL,
	"failures" integer NOT NULL,
	"failed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"opened_at" timestamp (3) with time zone,
	"ask_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_error" text NOT NULL,
	CONSTRAINT "provider_circuits_workspace_id_provider_pk" PRIMARY KEY("workspace_id","provider")
);
--> statement-breakpoint
ALTER TABLE "provider_circuits" ADD CONSTRAINT "provider_circuits_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;