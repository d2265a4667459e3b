-- A call that has left stays on record as one that has left, whoever writes its span next.
CREATE FUNCTION "spans_refuse_other_verdict"() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'span % was live and cannot become %', OLD.id, coalesce(NEW.effect_verdict, 'without a verdict')
    USING ERRCODE = 'check_violation', CONSTRAINT = 'spans_live_stands';
END $$;--> statement-breakpoint
CREATE TRIGGER "spans_live_stands" BEFORE UPDATE ON "spans" FOR EACH ROW
  WHEN (OLD.effect_verdict = 'live' AND NEW.effect_verdict IS DISTINCT FROM 'live')
  EXECUTE FUNCTION "spans_refuse_other_verdict"();
