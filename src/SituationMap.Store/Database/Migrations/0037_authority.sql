-- The role of whoever orders quarantine.
ALTER TABLE access_grant DROP CONSTRAINT access_grant_role_check,
  ADD CHECK (role IN ('viewer', 'reporter', 'planner', 'approver', 'authority', 'system', 'auditor', 'administrator'));
