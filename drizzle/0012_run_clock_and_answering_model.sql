ALTER TABLE "runs" ALTER COLUMN "max_duration_ms" SET DATA TYPE bigint;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "remaining_ms" bigint;--> statement-breakpoint
ALTER TABLE "spans" ADD COLUMN "answered_model" text;