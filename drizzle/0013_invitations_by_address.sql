ALTER TABLE "invitations" ADD COLUMN "name" text;--> statement-breakpoint
CREATE INDEX "invitations_email" ON "invitations" USING btree ("email") WHERE "invitations"."accepted_at" is null and "invitations"."revoked_at" is null;--> statement-breakpoint
-- Until now an address alone made a user and a member. Who has never signed in, by password or provider, has consented to
-- nothing: each such membership becomes an invitation, and the address is free again. A workspace's last owner stays.
INSERT INTO "invitations" ("id", "workspace_id", "email", "role", "name", "token_hash", "expires_at")
SELECT 'inv_' || replace(gen_random_uuid()::text, '-', ''), m."workspace_id", u."email", m."role", u."name",
  md5(gen_random_uuid()::text) || md5(gen_random_uuid()::text), now() + interval '7 days'
FROM "members" m JOIN "users" u ON u."id" = m."user_id"
WHERE u."password_hash" IS NULL AND NOT u."email_proven" AND m."role" <> 'owner'
  AND NOT EXISTS (SELECT 1 FROM "identities" i WHERE i."user_id" = u."id")
  AND NOT EXISTS (SELECT 1 FROM "members" o WHERE o."user_id" = u."id" AND o."role" = 'owner')
ON CONFLICT DO NOTHING;--> statement-breakpoint
DELETE FROM "users" u
WHERE u."password_hash" IS NULL AND NOT u."email_proven"
  AND NOT EXISTS (SELECT 1 FROM "identities" i WHERE i."user_id" = u."id")
  AND NOT EXISTS (SELECT 1 FROM "members" o WHERE o."user_id" = u."id" AND o."role" = 'owner');
