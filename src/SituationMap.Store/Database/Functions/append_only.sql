-- Tables whose rows are only added to: what was reported, published, planned, told and recorded stays as it was written. `grant_api` knows
-- these tables by this trigger.

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = situation, public AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are only added; report a retraction instead', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE TRIGGER fact_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fact
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER zone_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON zone_version
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER zone_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON zone_step
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER feed_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON feed
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER duty_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON duty_step
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
