CREATE TABLE "provider_access" (
	"workspace_id" text NOT NULL,
	"provider" text NOT NULL,
	"kind" text NOT NULL,
	"base_url" text NOT NULL,
	"sealed_key" text NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "provider_access_workspace_id_provider_pk" PRIMARY KEY("workspace_id","provider"),
	CONSTRAINT "provider_access_kind" CHECK ("provider_access"."kind" in ('anthropic', 'openai', 'openai-compatible'))
);
--> statement-breakpoint
CREATE TABLE "workspace_models" (
	"workspace_id" text NOT NULL,
	"ref" text NOT NULL,
	"model_id" text NOT NULL,
	"provider" text NOT NULL,
	"name" text NOT NULL,
	"retired_at" timestamp (3) with time zone,
	"price" json,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workspace_models_workspace_id_ref_pk" PRIMARY KEY("workspace_id","ref"),
	CONSTRAINT "workspace_models_ref" CHECK ("workspace_models"."ref" = "workspace_models"."provider" || ':' || "workspace_models"."model_id")
);
--> statement-breakpoint
CREATE TABLE "account_policies" (
	"account_id" text PRIMARY KEY NOT NULL,
	"allowed_models" text[],
	"allowed_providers" text[],
	"allow_mutations" boolean,
	"revision" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_by" text
);
--> statement-breakpoint
CREATE TABLE "workspace_policies" (
	"workspace_id" text PRIMARY KEY NOT NULL,
	"allowed_models" text[],
	"allowed_providers" text[],
	"allow_mutations" boolean,
	"revision" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_by" text
);
--> statement-breakpoint
CREATE TABLE "prompt_artifacts" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"created_by" text,
	CONSTRAINT "prompt_artifacts_workspace_id_id" UNIQUE("workspace_id","id"),
	CONSTRAINT "prompt_artifacts_workspace_id_name" UNIQUE("workspace_id","name")
);
--> statement-breakpoint
CREATE TABLE "prompt_revisions" (
	"workspace_id" text NOT NULL,
	"artifact_id" text NOT NULL,
	"content_hash" text NOT NULL,
	"revision" integer NOT NULL,
	"text" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"created_by" text,
	CONSTRAINT "prompt_revisions_artifact_id_content_hash_pk" PRIMARY KEY("artifact_id","content_hash"),
	CONSTRAINT "prompt_revisions_artifact_id_revision" UNIQUE("artifact_id","revision"),
	CONSTRAINT "prompt_revisions_hash" CHECK ("prompt_revisions"."content_hash" ~ '^sha256:[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "node_mappings" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"workflow_id" text NOT NULL,
	"from_version" integer NOT NULL,
	"to_version" integer NOT NULL,
	"visibility" text NOT NULL,
	"author" text NOT NULL,
	"pairs" json NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "node_mappings_visibility" CHECK ("node_mappings"."visibility" in ('private', 'shared'))
);
--> statement-breakpoint
CREATE TABLE "run_bodies" (
	"run_id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"payload" json,
	"output" json,
	"replay_request" json,
	"replay_plan" json,
	"policy_snapshot" json
);
--> statement-breakpoint
CREATE TABLE "run_events" (
	"run_id" text NOT NULL,
	"workspace_id" text NOT NULL,
	"seq" integer NOT NULL,
	"type" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"data" json DEFAULT '{}'::json NOT NULL,
	CONSTRAINT "run_events_run_id_seq_pk" PRIMARY KEY("run_id","seq")
);
--> statement-breakpoint
CREATE TABLE "run_skeletons" (
	"run_id" text PRIMARY KEY NOT NULL,
	"rev" integer NOT NULL,
	"gzip" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"workflow_id" text NOT NULL,
	"version_id" text,
	"version" integer,
	"status" text NOT NULL,
	"status_reason" text,
	"control" text,
	"control_reason" text,
	"owner" text,
	"admitted_at" timestamp (3) with time zone,
	"trigger_kind" text NOT NULL,
	"trigger_actor" text,
	"environment" text DEFAULT 'production' NOT NULL,
	"tags" text[] DEFAULT '{}' NOT NULL,
	"priority" integer DEFAULT 0 NOT NULL,
	"concurrency_key" text,
	"mode" text,
	"replay_of" text,
	"root_run" text NOT NULL,
	"depth" integer DEFAULT 0 NOT NULL,
	"from_node_id" text,
	"batch_id" text,
	"parent_run" text,
	"parent_span" text,
	"attempt" integer DEFAULT 1 NOT NULL,
	"start_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone,
	"max_duration_ms" integer,
	"deadline_at" timestamp (3) with time zone,
	"max_cost_micros" bigint,
	"error" json,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"rev" integer DEFAULT 0 NOT NULL,
	"steps" integer DEFAULT 0 NOT NULL,
	"input_tokens" bigint,
	"output_tokens" bigint,
	"cache_read_tokens" bigint,
	"cache_write_tokens" bigint,
	"reasoning_tokens" bigint,
	"cost_micros" bigint,
	"models" text[] DEFAULT '{}' NOT NULL,
	"prompts" json DEFAULT '[]'::json NOT NULL,
	"effects" json,
	CONSTRAINT "runs_workspace_id_id" UNIQUE("workspace_id","id"),
	CONSTRAINT "runs_status" CHECK ("runs"."status" in ('pending', 'running', 'waiting', 'paused', 'completed', 'failed', 'cancelled')),
	CONSTRAINT "runs_status_reason" CHECK (case "runs"."status"
        when 'pending' then "runs"."status_reason" in ('queued', 'delayed', 'pending_version') and "runs"."status_reason" is not null
        when 'waiting' then "runs"."status_reason" in ('child_run', 'timer', 'approval', 'retry_backoff') and "runs"."status_reason" is not null
        when 'failed' then "runs"."status_reason" in ('error', 'timed_out', 'crashed', 'system_failure', 'expired') and "runs"."status_reason" is not null
        when 'cancelled' then "runs"."status_reason" in ('user', 'parent', 'policy') and "runs"."status_reason" is not null
        else "runs"."status_reason" is null end),
	CONSTRAINT "runs_depth" CHECK ("runs"."depth" between 0 and 5),
	CONSTRAINT "runs_lineage_whole" CHECK (("runs"."replay_of" is null) = ("runs"."mode" is null) and ("runs"."replay_of" is null) = ("runs"."depth" = 0)),
	CONSTRAINT "runs_final" CHECK (("runs"."finished_at" is not null) = ("runs"."status" in ('completed', 'failed', 'cancelled'))
        and ("runs"."finished_at" is null or ("runs"."admitted_at" is null and "runs"."owner" is null)))
);
--> statement-breakpoint
CREATE TABLE "span_bodies" (
	"span_id" text PRIMARY KEY NOT NULL,
	"input" json,
	"output" json,
	"attributes" json
);
--> statement-breakpoint
CREATE TABLE "spans" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"run_id" text NOT NULL,
	"parent_id" text,
	"key" text NOT NULL,
	"kind" text NOT NULL,
	"node_id" text NOT NULL,
	"name" text NOT NULL,
	"status" text NOT NULL,
	"attempt" integer DEFAULT 1 NOT NULL,
	"seq" integer NOT NULL,
	"start_rev" integer NOT NULL,
	"rev" integer NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"model_ref" text,
	"prompt_artifact" text,
	"prompt_hash" text,
	"made_call" boolean DEFAULT false NOT NULL,
	"input_tokens" bigint,
	"output_tokens" bigint,
	"cache_read_tokens" bigint,
	"cache_write_tokens" bigint,
	"reasoning_tokens" bigint,
	"cost_micros" bigint,
	"effect_verdict" text,
	"mutating" boolean DEFAULT false NOT NULL,
	"effect_why" text,
	"call_signature" text,
	"tool" text,
	"against_original" text,
	"recorded_run" text,
	"recorded_span" text,
	"reused_run" text,
	"reused_span" text,
	"error" json,
	CONSTRAINT "spans_run_key" UNIQUE("run_id","key"),
	CONSTRAINT "spans_status" CHECK ("spans"."status" in ('running', 'waiting', 'completed', 'failed', 'cancelled', 'skipped'))
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"secret_hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_by" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_keys_secret_hash_unique" UNIQUE("secret_hash")
);
--> statement-breakpoint
CREATE TABLE "audit_events" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"workspace_id" text NOT NULL,
	"action" text NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text,
	"target" text,
	"details" json DEFAULT '{}'::json NOT NULL,
	"request_id" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "environment_variables" (
	"workspace_id" text NOT NULL,
	"environment" text NOT NULL,
	"name" text NOT NULL,
	"secret" boolean NOT NULL,
	"value" text NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "environment_variables_workspace_id_environment_name_pk" PRIMARY KEY("workspace_id","environment","name")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"workspace_id" text NOT NULL,
	"route" text NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"response_status" integer NOT NULL,
	"response_headers" json NOT NULL,
	"response_body" json,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_workspace_id_route_key_pk" PRIMARY KEY("workspace_id","route","key")
);
--> statement-breakpoint
CREATE TABLE "identities" (
	"provider" text NOT NULL,
	"subject" text NOT NULL,
	"user_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "identities_provider_subject_pk" PRIMARY KEY("provider","subject")
);
--> statement-breakpoint
CREATE TABLE "members" (
	"workspace_id" text NOT NULL,
	"user_id" text NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "members_workspace_id_user_id_pk" PRIMARY KEY("workspace_id","user_id"),
	CONSTRAINT "members_role" CHECK ("members"."role" in ('viewer', 'operator', 'admin', 'owner'))
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text,
	"session_version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_email_unique" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "workspaces" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"max_running" integer DEFAULT 25 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workspaces_slug_unique" UNIQUE("slug"),
	CONSTRAINT "workspaces_account_id_id" UNIQUE("account_id","id"),
	CONSTRAINT "workspaces_max_running" CHECK ("workspaces"."max_running" > 0),
	CONSTRAINT "workspaces_slug" CHECK ("workspaces"."slug" ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$')
);
--> statement-breakpoint
CREATE TABLE "version_prompts" (
	"version_id" text NOT NULL,
	"artifact_id" text NOT NULL,
	"content_hash" text NOT NULL,
	CONSTRAINT "version_prompts_all" UNIQUE("version_id","artifact_id","content_hash")
);
--> statement-breakpoint
CREATE TABLE "workflow_versions" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"workflow_id" text NOT NULL,
	"version" integer NOT NULL,
	"content_hash" text NOT NULL,
	"definition" json NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"created_by" text,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "workflow_versions_workflow_id_version" UNIQUE("workflow_id","version"),
	CONSTRAINT "workflow_versions_workspace_workflow_id" UNIQUE("workspace_id","workflow_id","id")
);
--> statement-breakpoint
CREATE TABLE "workflows" (
	"id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"last_version" integer DEFAULT 0 NOT NULL,
	"paused_at" timestamp (3) with time zone,
	"paused_reason" text,
	"paused_by" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workflows_workspace_id_slug" UNIQUE("workspace_id","slug"),
	CONSTRAINT "workflows_workspace_id_id" UNIQUE("workspace_id","id"),
	CONSTRAINT "workflows_paused" CHECK (("workflows"."paused_at" is null) = ("workflows"."paused_reason" is null))
);
--> statement-breakpoint
ALTER TABLE "provider_access" ADD CONSTRAINT "provider_access_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workspace_models" ADD CONSTRAINT "workspace_models_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_policies" ADD CONSTRAINT "account_policies_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workspace_policies" ADD CONSTRAINT "workspace_policies_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "prompt_artifacts" ADD CONSTRAINT "prompt_artifacts_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "prompt_revisions" ADD CONSTRAINT "prompt_revisions_workspace_id_artifact_id_prompt_artifacts_workspace_id_id_fk" FOREIGN KEY ("workspace_id","artifact_id") REFERENCES "public"."prompt_artifacts"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "node_mappings" ADD CONSTRAINT "node_mappings_workspace_id_workflow_id_workflows_workspace_id_id_fk" FOREIGN KEY ("workspace_id","workflow_id") REFERENCES "public"."workflows"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_bodies" ADD CONSTRAINT "run_bodies_workspace_id_run_id_runs_workspace_id_id_fk" FOREIGN KEY ("workspace_id","run_id") REFERENCES "public"."runs"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_events" ADD CONSTRAINT "run_events_workspace_id_run_id_runs_workspace_id_id_fk" FOREIGN KEY ("workspace_id","run_id") REFERENCES "public"."runs"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_skeletons" ADD CONSTRAINT "run_skeletons_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_workspace_id_workflow_id_workflows_workspace_id_id_fk" FOREIGN KEY ("workspace_id","workflow_id") REFERENCES "public"."workflows"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_workspace_id_workflow_id_version_id_workflow_versions_workspace_id_workflow_id_id_fk" FOREIGN KEY ("workspace_id","workflow_id","version_id") REFERENCES "public"."workflow_versions"("workspace_id","workflow_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "span_bodies" ADD CONSTRAINT "span_bodies_span_id_spans_id_fk" FOREIGN KEY ("span_id") REFERENCES "public"."spans"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "spans" ADD CONSTRAINT "spans_workspace_id_run_id_runs_workspace_id_id_fk" FOREIGN KEY ("workspace_id","run_id") REFERENCES "public"."runs"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_account_id_workspace_id_workspaces_account_id_id_fk" FOREIGN KEY ("account_id","workspace_id") REFERENCES "public"."workspaces"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "environment_variables" ADD CONSTRAINT "environment_variables_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identities" ADD CONSTRAINT "identities_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workspaces" ADD CONSTRAINT "workspaces_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "version_prompts" ADD CONSTRAINT "version_prompts_version_id_workflow_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."workflow_versions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "version_prompts" ADD CONSTRAINT "version_prompts_artifact_id_content_hash_prompt_revisions_artifact_id_content_hash_fk" FOREIGN KEY ("artifact_id","content_hash") REFERENCES "public"."prompt_revisions"("artifact_id","content_hash") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workflow_versions" ADD CONSTRAINT "workflow_versions_workspace_id_workflow_id_workflows_workspace_id_id_fk" FOREIGN KEY ("workspace_id","workflow_id") REFERENCES "public"."workflows"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workflows" ADD CONSTRAINT "workflows_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "node_mappings_private" ON "node_mappings" USING btree ("workflow_id","from_version","to_version","author") WHERE "node_mappings"."visibility" = 'private';--> statement-breakpoint
CREATE UNIQUE INDEX "node_mappings_shared" ON "node_mappings" USING btree ("workflow_id","from_version","to_version") WHERE "node_mappings"."visibility" = 'shared';--> statement-breakpoint
CREATE INDEX "runs_list" ON "runs" USING btree ("workspace_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "runs_list_filtered" ON "runs" USING btree ("workspace_id","workflow_id","status","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "runs_list_status" ON "runs" USING btree ("workspace_id","status","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "runs_replays" ON "runs" USING btree ("workspace_id","replay_of","created_at" DESC NULLS LAST) WHERE "runs"."replay_of" is not null;--> statement-breakpoint
CREATE INDEX "runs_quota" ON "runs" USING btree ("workspace_id","created_at" DESC NULLS LAST) WHERE "runs"."replay_of" is not null;--> statement-breakpoint
CREATE INDEX "runs_lineage" ON "runs" USING btree ("workspace_id","root_run","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "runs_batch" ON "runs" USING btree ("workspace_id","batch_id","created_at" DESC NULLS LAST) WHERE "runs"."batch_id" is not null;--> statement-breakpoint
CREATE INDEX "runs_tags" ON "runs" USING gin ("tags");--> statement-breakpoint
CREATE INDEX "runs_backlog" ON "runs" USING btree ("workspace_id","priority" DESC NULLS LAST,"created_at","id") WHERE "runs"."status" = 'pending' and "runs"."admitted_at" is null;--> statement-breakpoint
CREATE INDEX "runs_admitted" ON "runs" USING btree ("workspace_id") WHERE "runs"."admitted_at" is not null;--> statement-breakpoint
CREATE INDEX "runs_children" ON "runs" USING btree ("parent_run") WHERE "runs"."parent_run" is not null;--> statement-breakpoint
CREATE INDEX "spans_changes" ON "spans" USING btree ("run_id","rev");--> statement-breakpoint
CREATE INDEX "api_keys_workspace" ON "api_keys" USING btree ("workspace_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "audit_events_workspace" ON "audit_events" USING btree ("workspace_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "idempotency_keys_age" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "members_user" ON "members" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "version_prompts_artifact" ON "version_prompts" USING btree ("artifact_id");--> statement-breakpoint
CREATE UNIQUE INDEX "workflow_versions_content" ON "workflow_versions" USING btree ("workflow_id","content_hash") WHERE "workflow_versions"."deleted_at" is null;