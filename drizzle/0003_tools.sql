CREATE TABLE "mcp_servers" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"name" text NOT NULL,
	"url" text NOT NULL,
	"sealed_headers" text,
	"header_names" text[] DEFAULT '{}' NOT NULL,
	"trusted" boolean DEFAULT false NOT NULL,
	"protocol_version" text,
	"refreshed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "mcp_servers_workspace_id_name" UNIQUE("workspace_id","name"),
	CONSTRAINT "mcp_servers_workspace_id_id" UNIQUE("workspace_id","id")
);
--> statement-breakpoint
CREATE TABLE "tools" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"mcp_server_id" text,
	"definition" json NOT NULL,
	"definition_hash" text NOT NULL,
	"trusted_hash" text,
	"read_only" boolean,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tools_kind" CHECK (("tools"."kind" = 'mcp') = ("tools"."mcp_server_id" is not null) and "tools"."kind" in ('http', 'mcp')),
	CONSTRAINT "tools_read_only" CHECK ("tools"."kind" = 'mcp' or "tools"."read_only" is not true)
);
--> statement-breakpoint
ALTER TABLE "mcp_servers" ADD CONSTRAINT "mcp_servers_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tools" ADD CONSTRAINT "tools_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tools" ADD CONSTRAINT "tools_mcp_server" FOREIGN KEY ("workspace_id","mcp_server_id") REFERENCES "public"."mcp_servers"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "tools_http_name" ON "tools" USING btree ("workspace_id","name") WHERE "tools"."mcp_server_id" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "tools_mcp_name" ON "tools" USING btree ("mcp_server_id","name") WHERE "tools"."mcp_server_id" is not null;--> statement-breakpoint
CREATE INDEX "tools_workspace" ON "tools" USING btree ("workspace_id");