ALTER TABLE "users" DROP CONSTRAINT "users_email_unique";--> statement-breakpoint
DROP INDEX "invitations_open";--> statement-breakpoint
DROP INDEX "invitations_email";--> statement-breakpoint
ALTER TABLE "invitations" ADD COLUMN "declined_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "home_account_id" text;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_home_account_id_accounts_id_fk" FOREIGN KEY ("home_account_id") REFERENCES "public"."accounts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
-- Until now nothing says which account made a user: it is taken to be the account of their oldest membership. Whoever signs in
-- through an identity provider alone was made by no account.
UPDATE "users" u SET "home_account_id" = (
  SELECT w."account_id" FROM "members" m JOIN "workspaces" w ON w."id" = m."workspace_id"
  WHERE m."user_id" = u."id" ORDER BY m."created_at", m."workspace_id" LIMIT 1)
WHERE u."password_hash" IS NOT NULL
  OR NOT EXISTS (SELECT 1 FROM "identities" i WHERE i."user_id" = u."id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_proven_email" ON "users" USING btree ("email") WHERE "users"."email_proven";--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_home" ON "users" USING btree ("email","home_account_id");--> statement-breakpoint
CREATE UNIQUE INDEX "invitations_open" ON "invitations" USING btree ("workspace_id","email") WHERE "invitations"."accepted_at" is null and "invitations"."declined_at" is null and "invitations"."revoked_at" is null;--> statement-breakpoint
CREATE INDEX "invitations_email" ON "invitations" USING btree ("email") WHERE "invitations"."accepted_at" is null and "invitations"."declined_at" is null and "invitations"."revoked_at" is null;