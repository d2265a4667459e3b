ALTER TABLE "api_keys" ADD COLUMN "made_with" text;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_made_with_api_keys_id_fk" FOREIGN KEY ("made_with") REFERENCES "public"."api_keys"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_keys_made_with" ON "api_keys" USING btree ("made_with") WHERE "api_keys"."made_with" is not null;